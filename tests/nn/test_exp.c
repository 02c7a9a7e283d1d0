/* e^x against double precision. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nn/exp.h"

static void exp_is_near_to_2e_7(void **state) {
    (void)state;
    double worst = 0.0;
    for (int i = 0; i <= 550000; i++) {
        double x = -87.0 + i * (175.0 / 550000);  // to 88
        double expected = exp((double)(float)x);
        double error = fabs((double)exp_float((float)x) - expected) / expected;
        worst = error > worst ? error : worst;
    }
    if (!(worst < 2e-7)) fail_msg("relative error %g", worst);
}

static void exp_at_the_ends(void **state) {
    (void)state;
    assert_true(exp_float(0.0F) == 1.0F && exp_float(-0.0F) == 1.0F);
    assert_true(exp_float(-INFINITY) == 0.0F && exp_float(-1e30F) == 0.0F);
    assert_true(exp_float(-87.5F) == 0.0F && exp_float(-86.9F) > 0.0F);
    assert_true(exp_float(INFINITY) == INFINITY && exp_float(1e30F) == INFINITY);
    assert_true(exp_float(88.5F) == INFINITY && isfinite(exp_float(87.9F)));
    assert_true(isnan(exp_float(NAN)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_near_to_2e_7),
        cmocka_unit_test(exp_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
