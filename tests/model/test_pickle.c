/* Pickles: the values that a state dict's opcodes make, and the refusal of every other. */
#include "model/pickle.h"

#include "../base/scratch.h"

static Arena arena;

static bool read_bytes(const char *bytes, size_t n, PickleValue *value, size_t *n_read,
                       Error *err) {
    return pickle_read("x.bin", (const unsigned char *)bytes, n, value, n_read, &arena, err);
}

/* The value of a pickle, which is all of the bytes. */
static PickleValue value_of(const char *bytes, size_t n) {
    PickleValue value;
    size_t n_read;
    Error err = {0};
    if (!read_bytes(bytes, n, &value, &n_read, &err)) fail_msg("%s", err.text);
    assert_int_equal(n_read, n);
    return value;
}
#define VALUE(bytes) value_of(bytes, sizeof(bytes) - 1)

static void refused_bytes(const char *bytes, size_t n, const char *message) {
    PickleValue value;
    size_t n_read;
    Error err = {0};
    if (read_bytes(bytes, n, &value, &n_read, &err)) fail_msg("read, expected: %s", message);
    assert_contains(err.text, "x.bin: ");
    assert_contains(err.text, message);
    bool is_other =
        strstr(err.text, "which no state dict needs") || strstr(err.text, "pickle protocol");
    assert_int_equal(err.kind, is_other ? XATTN_UNSUPPORTED : XATTN_MALFORMED);
}
#define REFUSED(bytes, message) refused_bytes(bytes, sizeof(bytes) - 1, message)

static void numbers_and_texts_are_read(void **state) {
    (void)state;
    assert_int_equal(VALUE("K\xC8.").as.number, 200);
    assert_int_equal(VALUE("M\x39\x30.").as.number, 12345);
    assert_int_equal(VALUE("J\xFF\xFF\xFF\xFF.").as.number, -1);
    assert_int_equal(VALUE("\x8A\0.").as.number, 0);
    assert_int_equal(VALUE("\x8A\2\xFF\0.").as.number, 255);
    assert_int_equal(VALUE("\x8A\1\xFF.").as.number, -1);
    assert_int_equal(VALUE("\x8A\5\0\0\0\0\1.").as.number, 1LL << 32);
    assert_int_equal(VALUE("\x8A\x08\0\0\0\0\0\0\0\x80.").as.number, INT64_MIN);
    assert_int_equal(VALUE("\x88.").as.number, 1);
    assert_int_equal(VALUE("\x89.").kind, PICKLE_BOOL);
    assert_int_equal(VALUE("N.").kind, PICKLE_NONE);
    assert_int_equal(VALUE("G\0\0\0\0\0\0\0\0.").kind, PICKLE_FLOAT);
    assert_string_equal(VALUE("X\4\0\0\0h\xC3\xA9!.").as.text, "h\xC3\xA9!");
}

static void what_holds_others_is_read(void **state) {
    (void)state;
    const PickleItems *tuple = VALUE("(K\1K\2K\3K\4t.").as.items;
    assert_true(tuple->n == 4 && tuple->at[3].as.number == 4);
    for (size_t n = 1; n <= 3; n++) {
        const char bytes[] = {'K', 7, 'K', 8, 'K', 9, (char)(0x84 + n), '.'};
        tuple = value_of(bytes + 2 * (3 - n), 2 * n + 2).as.items;
        assert_true(tuple->n == n && tuple->at[n - 1].as.number == 9);
    }
    assert_int_equal(VALUE(").").as.items->n, 0);
    const PickleItems *list = VALUE("]K\1a(K\2K\3e.").as.items;
    assert_true(list->n == 3 && list->at[0].as.number == 1 && list->at[2].as.number == 3);
    PickleValue dict = VALUE("}K\1K\2s(K\3K\4K\5K\6u.");
    assert_true(dict.kind == PICKLE_DICT && dict.as.items->n == 6);
    dict = VALUE("ccollections\nOrderedDict\n)RK\1K\2s}b.");  // with attributes, which go
    assert_true(dict.kind == PICKLE_DICT && dict.as.items->n == 2);
    const PickleItems *again = VALUE("]q\0h\0\x86.").as.items;
    assert_ptr_equal(again->at[0].as.items, again->at[1].as.items);
    again = VALUE("]r\0\0\0\0j\0\0\0\0\x86.").as.items;
    assert_ptr_equal(again->at[0].as.items, again->at[1].as.items);
    PickleValue self = VALUE("]q\0h\0a.");  // a list that holds itself
    assert_ptr_equal(self.as.items->at[0].as.items, self.as.items);
}

static void calls_are_remembered(void **state) {
    (void)state;
    PickleValue call = VALUE("ctorch._utils\n_rebuild_tensor_v2\nK\1\x85R.");
    assert_int_equal(call.kind, PICKLE_CALL);
    assert_int_equal(call.as.items->at[0].as.global, GLOBAL_REBUILD_TENSOR);
    assert_int_equal(call.as.items->at[1].as.items->at[0].as.number, 1);
    PickleValue apart = VALUE("ctorch\nHalfStorage\n\x85Q.");
    assert_int_equal(apart.kind, PICKLE_PERSISTENT);
    assert_string_equal(pickle_global_name(GLOBAL_HALF_STORAGE), "HalfStorage");
}

/* What makes a pickle dangerous, in the ways that are known. */
static void nothing_else_is_called(void **state) {
    (void)state;
    REFUSED("\x80\2cos\nsystem\nX\4\0\0\0true\x85R.", "the pickle asks for os.system");
    REFUSED("\x80\2cposix\nsystem\n.", "posix.system, which no state dict needs");
    REFUSED("\x80\2cbuiltins\neval\n.", "builtins.eval");
    REFUSED("\x80\2c__builtin__\nexec\n.", "__builtin__.exec");
    REFUSED("\x80\2ctorch\nload\n.", "torch.load");
    REFUSED("\x80\2ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
            "_rebuild_tensor_v2.__globals__");
    REFUSED("\x80\2cnumpy.core.multiarray\n_reconstruct\n.", "numpy.core.multiarray._reconstruct");
    REFUSED("\x80\2ccollections\nordereddict\n.", "collections.ordereddict");
    REFUSED("\x80\2\x8C\2os\x8C\6system\x93.", "opcode 0x8c is not one");
    REFUSED("ios\nsystem\n.", "opcode 0x69 is not one");          // INST
    REFUSED("(cos\nsystem\no.", "os.system");                     // OBJ
    REFUSED("\x82\1.", "opcode 0x82 is not one");                 // EXT1
    REFUSED("ccollections\nOrderedDict\n)\x81.", "opcode 0x81");  // NEWOBJ
    REFUSED("P0\n.", "opcode 0x50 is not one");                   // PERSID
    REFUSED("\x80\4N.", "pickle protocol 4, expected 2");
}

static void wrong_programs_are_refused(void **state) {
    (void)state;
    REFUSED("", "it ends in the middle");
    REFUSED("K", "it ends in the middle");
    REFUSED("N", "it ends in the middle");
    REFUSED("X\xFF\xFF\xFF\xFFx.", "it ends in the middle");
    REFUSED("ctorch\nFloat", "in the middle of a name");
    REFUSED(".", "too few values");
    REFUSED("NN.", "values are left");
    REFUSED("(.", "too few values");
    REFUSED("t.", "no mark");
    REFUSED("K\1\x86.", "too few values");
    REFUSED("(K\1\x86.", "too few values");  // not through a mark
    REFUSED("R.", "too few values");
    REFUSED("NNR.", "a call of a value that is no function");
    REFUSED("ctorch\nFloatStorage\n)R.", "a call of a storage type");
    REFUSED("ccollections\nOrderedDict\nK\1\x85R.", "an OrderedDict with arguments");
    REFUSED("ccollections\nOrderedDict\nNR.", "without arguments");
    REFUSED("NNb.", "attributes of a value that is no dict");
    REFUSED("NNa.", "items for a value that cannot hold them");
    REFUSED("]NNs.", "items for a value that cannot hold them");
    REFUSED("}(Nu.", "items for a value that cannot hold them");
    REFUSED(")(Ne.", "items for a value that cannot hold them");
    REFUSED("}(NN.", "values are left");
    REFUSED("q\0.", "too few values");
    REFUSED("Nq\1.", "not numbered in order");
    REFUSED("Nr\0\0\0\x10.", "not numbered in order");
    REFUSED("h\0.", "its memo does not have this number");
    REFUSED("j\0\0\0\xFF.", "its memo does not have this number");
    REFUSED("X\1\0\0\0\xFF.", "not UTF-8");
    REFUSED("X\2\0\0\0a\0.", "holds a NUL");
    REFUSED("\x8A\x09\0\0\0\0\0\0\0\0\1.", "a number of more than 8 bytes");
    REFUSED("\x8A\xFF.", "a number of more than 8 bytes");
}

static int free_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts_are_read), cmocka_unit_test(what_holds_others_is_read),
        cmocka_unit_test(calls_are_remembered),       cmocka_unit_test(nothing_else_is_called),
        cmocka_unit_test(wrong_programs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
