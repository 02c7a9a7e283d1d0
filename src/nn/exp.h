/* exp.h: e^x in float, in a form that compilers can vectorise

       e^x = 2^n · e^r,   n = round(x / ln 2),   r = x − n ln 2,   |r| <= ln 2 / 2

   e^r is the Taylor polynomial of degree 7. ln 2 has two parts, so that r keeps its digits. 2^n comes
   from writing n to the exponent's bits. The relative error is below 2e-7 (tests/nn/test_exp.c). Unlike
   expf, it gives 0 below −87 and infinity above 88, before floats reach their limits. NaN stays NaN. */
#ifndef XATTN_EXP_H
#define XATTN_EXP_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float exp_float(float x) {
    const float round = 0x1.8p23F;  // adding it removes the fraction
    const float ln2_high = 0x1.62E4p-1F, ln2_low = 0x1.7F7D1Cp-20F;
    float shifted = x * 0x1.715476p0F + round, n = shifted - round, power, e;
    float r = (x - n * ln2_high) - n * ln2_low;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;  // the low bits of `shifted` are n
    memcpy(&power, &bits, sizeof power);
    e = 1.0F / 5040.0F;
    e = e * r + 1.0F / 720.0F;
    e = e * r + 1.0F / 120.0F;
    e = e * r + 1.0F / 24.0F;
    e = e * r + 1.0F / 6.0F;
    e = e * r + 0.5F;
    e = (e * r + 1.0F) * r + 1.0F;
    e *= power;
    // Masks for both ends, because a branch would prevent vectorisation.
    uint32_t below = -(uint32_t)(x < -87.0F), above = -(uint32_t)(x > 88.0F);
    memcpy(&bits, &e, sizeof bits);
    bits = (bits & ~(below | above)) | (above & 0x7F800000);
    memcpy(&e, &bits, sizeof e);
    return e;
}

#endif
