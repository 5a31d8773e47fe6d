package dev.semblance.batch;

import java.util.List;

/**
 * Texts that run together.
 *
 * @param rows         at least one, in order of arrival
 * @param paddedLength tokens a row: each row's own bucket, so never a consequence of the other rows. Where texts are
 *                     packed, the longest row's
 */
public record MicroBatch<T>(List<Pending<T>> rows, int paddedLength) {

    public MicroBatch {
        rows = List.copyOf(rows);
        for (Pending<T> row : rows) {
            if (row.text().length() > paddedLength) {
                throw new IllegalArgumentException("a text of " + row.text().length()
                        + " tokens does not fit a padded length of " + paddedLength);
            }
        }
    }

    /** Token ids of one row, unpadded; not to be written to. */
    public int[] ids(int row) {
        return rows.get(row).text().ids();
    }

    public int size() {
        return rows.size();
    }

    /** Padding included. */
    public int tokens() {
        return rows.size() * paddedLength;
    }

    /** Padding left out. */
    public int textTokens() {
        int sum = 0;
        for (Pending<T> row : rows) {
            sum += row.text().length();
        }
        return sum;
    }

    /** Rows {@code [from, to)} with the same padded length, hence with the same vectors. */
    public MicroBatch<T> part(int from, int to) {
        return new MicroBatch<>(rows.subList(from, to), paddedLength);
    }
}
