"""Standard normal scores from a stream of 64-bit words, by the transform of Box and Muller (1958) over whole arrays.

One word gives two scores, radius · cosine and radius · sine: its upper 52 bits are the radius, its lower 24 the angle.
The angle is in single precision, by additions and multiplications alone, so that it is the same to the last bit on
every machine and in the compiled step function (`c_prelude.h`); the radius is in double precision, out to 8.49.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = 512  # scores that are made together: the first half are cosines, the second the sines of the same words
SINE = (2.2214415073394775, -0.9135302901268005, 0.11268486082553864, -0.006508461199700832)
"""√2 sin(πx / 2) = x (a + b x² + c x⁴ + d x⁶) on [-1/2, 1/2], to 3e-8; each number is one of single precision."""


class Normals:
    """Fills arrays of so many numbers, a multiple of `GROUP`, with scores; its buffers serve one thread."""

    def __init__(self, many: int) -> None:
        import numpy

        self.words = many // 2
        kinds = (numpy.uint32, float, *[numpy.float32] * 4)
        self._buffers = [numpy.empty(self.words, dtype=kind) for kind in kinds]

    def fill(self, raw: Callable[[int], Any], out: Any) -> None:
        """Fill `out` with scores made of the words that `raw` gives; a shorter one with the first of them."""
        import numpy

        add, subtract, multiply = numpy.add, numpy.subtract, numpy.multiply  # many short calls: looked up once
        bitwise_and, bitwise_or = numpy.bitwise_and, numpy.bitwise_or
        float32, uint32, uint64 = numpy.float32, numpy.uint32, numpy.uint64

        few = len(out) // 2
        low, radius, angle, square, sine, cosine = (buffer[:few] for buffer in self._buffers)
        words, bits = raw(self.words)[:few], angle.view(uint32)
        numpy.copyto(low, words, casting="unsafe")
        numpy.right_shift(words, uint64(12), out=words)
        bitwise_or(words, uint64(0x3FF0000000000000), out=words)  # of a number from 1 to 2
        subtract(2.0, words.view(float), out=radius)
        numpy.log(radius, out=radius)
        multiply(radius, -2.0, out=radius)
        numpy.sqrt(radius, out=radius)
        bitwise_and(low, uint32(0x7FFFFF), out=bits)
        bitwise_or(bits, uint32(0x3F800000), out=bits)
        subtract(angle, float32(1.5), out=angle)  # from -1/2 to 1/2: half a turn
        multiply(angle, angle, out=square)
        first, *inner, last = map(float32, SINE)
        multiply(square, last, out=sine)
        for coefficient in reversed(inner):
            add(sine, coefficient, out=sine)
            multiply(sine, square, out=sine)
        add(sine, first, out=sine)
        multiply(sine, angle, out=sine)  # of half the angle, times √2
        multiply(sine, sine, out=square)
        subtract(float32(1.0), square, out=cosine)
        subtract(float32(2.0), square, out=square)
        numpy.sqrt(square, out=square)
        multiply(sine, square, out=sine)
        numpy.left_shift(low, uint32(8), out=low)
        bitwise_and(low, uint32(0x80000000), out=low)
        numpy.bitwise_xor(cosine.view(uint32), low, out=cosine.view(uint32))  # the other half of the turn
        half = GROUP // 2
        pairs, radius = out.reshape(-1, 2, half), radius.reshape(-1, half)
        multiply(radius, cosine.reshape(-1, half), out=pairs[:, 0])
        multiply(radius, sine.reshape(-1, half), out=pairs[:, 1])
