package dev.semblance.cli;

/** How {@code similar} writes cosines. */
enum CosineFormat {
    /** Four decimals, a tab between, a line a row; {@code nan} where there is none. */
    tsv,
    /** One object a row, with the line's number; null where there is none. */
    jsonl,
    /** A float32 matrix, pairs as one column; NaN where there is none. */
    npy
}
