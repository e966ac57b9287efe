"""Pairs of formulas that only algebra can compare, as mathematical answers have them: half equal, half not."""

EQUAL = (
    (r"\int_0^1 x^2 dx", r"\frac{1}{3}"),
    (r"\int_0^\pi \sin x dx", "2"),
    (r"\int x e^x dx", r"(x-1)e^x"),
    (r"\sum_{k=1}^{n} k", r"\frac{n(n+1)}{2}"),
    (r"\sum_{k=1}^{n} k^2", r"\frac{n(n+1)(2n+1)}{6}"),
    (r"\sum_{k=0}^{10} 2^k", "2047"),
    (r"\lim_{x\to 0} \frac{\sin x}{x}", "1"),
    (r"\lim_{n\to\infty} (1+\frac{1}{n})^n", "e"),
    (r"\sin^2 x + \cos^2 x", "1"),
    (r"\sin(2x)", r"2 \sin x \cos x"),
    (r"\cos(2x)", r"1 - 2\sin^2 x"),
    (r"\tan x", r"\frac{\sin x}{\cos x}"),
    (r"\frac{1}{\sqrt{x}+1}", r"\frac{\sqrt{x}-1}{x-1}"),
    (r"\frac{1}{\sin x \cos x}", r"\tan x + \cot x"),
    (r"e^{x+y}", r"e^x e^y"),
    (r"\sqrt{8x}", r"2\sqrt{2x}"),
    (r"\frac{e^x-e^{-x}}{2}", r"\sinh x"),
    (r"2^{x+1}", r"2 \cdot 2^x"),
    (r"\prod_{k=1}^{5} k", "120"),
    (r"x^{\frac{1}{2}} x^{\frac{1}{3}}", r"x^{\frac{5}{6}}"),
)
DIFFERENT = (
    (r"\int_0^1 x^2 dx", r"\frac{1}{4}"),
    (r"\int_0^\pi \sin x dx", "1"),
    (r"\int x e^x dx", r"(x+1)e^x"),
    (r"\sum_{k=1}^{n} k", r"\frac{n(n-1)}{2}"),
    (r"\sum_{k=1}^{n} k^2", r"\frac{n(n+1)(2n-1)}{6}"),
    (r"\sum_{k=0}^{10} 2^k", "2048"),
    (r"\lim_{x\to 0} \frac{\sin x}{x}", "0"),
    (r"\lim_{n\to\infty} (1+\frac{1}{n})^n", "1"),
    (r"\prod_{k=1}^{5} k", "121"),
    (r"\int_0^1 \sqrt{x} dx", r"\frac{1}{2}"),
    (r"\sum_{k=1}^{4} \frac{1}{k}", r"\frac{25}{13}"),
    (r"\lim_{x\to\infty} \frac{2x+1}{x}", "3"),
)
# What never ends by itself.
ENDLESS = (r"\sum_{k=1}^{4000} (x+k)^{k}", r"\prod_{k=1}^{3000} (x+k)^{k}")
