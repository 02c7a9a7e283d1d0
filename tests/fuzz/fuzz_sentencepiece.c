/* A whole .spm file, which cuts a text if it loads. */
#include "fuzz_pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const uint8_t text[] =
        "  O\xC3\xB9 est \xEF\xAC\x81n \xC2\xBD <name>s \xFF\xE2 aaa \xEF\xBC\xA1 <0x41> </s>";
    static const char *const decoded[] = {"▁a", "<0xC3>", "<unk>", "<0xA9>", "</s>", "b"};
    SentencePiece *sp;
    Error err = {0};
    const char *path = fuzz_write("source.spm", bytes, n);
    if (!sentencepiece_load(path, &sp, &err)) {
        require(strstr(err.text, path));
        return 0;
    }
    PieceList list = {0};
    Buffer out = {0};
    fuzz_encode(sp, fuzz_falls_back(sp), text, sizeof text - 1, &list);
    fuzz_decode(sp, &list, &out);
    require(sentencepiece_decode(sp, decoded, 6, &out, &err));
    for (int id = 0; id < sentencepiece_size(sp); id++) require(*sentencepiece_piece(sp, id));
    buffer_free(&out);
    piece_list_free(&list);
    sentencepiece_free(sp);
    return 0;
}
