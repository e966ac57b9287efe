"""x"""
app_name = "training"
urlpatterns = []
