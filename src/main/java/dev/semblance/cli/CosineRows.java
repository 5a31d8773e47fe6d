package dev.semblance.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Rows of cosines in one of the formats, streamed. NaN stands for a cosine that there is none of.
 *
 * <p>Thread: one.
 */
final class CosineRows implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int DECIMALS = 10_000;

    private final CosineFormat format;
    private final boolean matrix;
    private final OutputStream out;
    private final JsonLines json;
    private long row;

    /**
     * @param out     flushed at the end, but not closed here
     * @param matrix  whether a row is a line of a matrix; else it is one pair
     * @param rows    for {@link CosineFormat#npy}; not looked at by the others
     * @param columns likewise
     */
    CosineRows(OutputStream out, CosineFormat format, boolean matrix, int rows, int columns) throws IOException {
        this.format = format;
        this.matrix = matrix;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.json = format == CosineFormat.jsonl ? new JsonLines(this.out) : null;
        if (format == CosineFormat.npy) {
            NpyMatrix.writeHeader(this.out, rows, columns);
        }
    }

    void add(float[] cosines) throws IOException {
        row++;
        switch (format) {
            case tsv -> out.write(tsv(cosines).getBytes(StandardCharsets.US_ASCII));
            case npy -> NpyMatrix.writeRow(out, cosines);
            case jsonl -> json.add(fields -> {
                fields.writeNumberField("line", row);
                if (matrix) {
                    fields.writeArrayFieldStart("cosines");
                } else {
                    fields.writeFieldName("cosine");
                }
                for (float cosine : cosines) {
                    if (Float.isNaN(cosine)) {
                        fields.writeNull();
                    } else {
                        fields.writeNumber(cosine);
                    }
                }
                if (matrix) {
                    fields.writeEndArray();
                }
            });
        }
    }

    private static String tsv(float[] cosines) {
        StringBuilder line = new StringBuilder(8 * cosines.length);
        for (int i = 0; i < cosines.length; i++) {
            if (i > 0) {
                line.append('\t');
            }
            append(line, cosines[i]);
        }
        return line.append('\n').toString();
    }

    /** As {@code %.4f}, which takes minutes for a large matrix. The product with 10,000 is exact in double precision. */
    static void append(StringBuilder line, float cosine) {
        if (Float.isNaN(cosine)) {
            line.append("nan");
            return;
        }
        long rounded = Math.round(Math.abs((double) cosine) * DECIMALS);
        if (cosine < 0) {
            line.append('-');
        }
        line.append(rounded / DECIMALS).append('.')
                .append(Long.toString(DECIMALS + rounded % DECIMALS), 1, 5);
    }

    @Override
    public void close() throws IOException {
        if (json != null) {
            json.close();
        }
        out.flush();
    }
}
