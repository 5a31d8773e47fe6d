package dev.semblance.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A float32 matrix [rows × dimension], row-major, in NumPy's .npy format 1.0. The header holds the number of rows, so
 * rows are collected first, or counted by the caller.
 *
 * <p>Source: numpy.lib.format, "NEP 1 — A simple file format for NumPy arrays".
 */
final class NpyMatrix {

    private static final int ALIGNMENT = 64;

    private final int dimension;
    private final List<float[]> rows = new ArrayList<>();

    NpyMatrix(int dimension) {
        this.dimension = dimension;
    }

    /** @param row [dimension]; kept, not copied */
    void add(float[] row) {
        rows.add(row);
    }

    void write(OutputStream out) throws IOException {
        writeHeader(out, rows.size(), dimension);
        for (float[] row : rows) {
            writeRow(out, row);
        }
        out.flush();
    }

    /** What comes before the rows. */
    static void writeHeader(OutputStream out, int rows, int columns) throws IOException {
        String description = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        int unpadded = 10 + description.length() + 1;
        int padding = Math.floorMod(-unpadded, ALIGNMENT);
        ByteBuffer header = ByteBuffer.allocate(unpadded + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        header.putShort((short) (description.length() + padding + 1));
        header.put((description + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII));
        out.write(header.array());
    }

    static void writeRow(OutputStream out, float[] row) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        line.asFloatBuffer().put(row);
        out.write(line.array());
    }
}
