package dev.semblance.window;

import static dev.semblance.vector.SignCodes.GROUP;

import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.SignCodes;
import dev.semblance.vector.VectorKernels;
import java.util.Arrays;
import java.util.List;

/**
 * Probes with all that a search needs of them: unit vectors, 16-bit vectors as they would be held, sign codes and radii.
 * The arrays grow to the largest batch and stay.
 *
 * <p>Thread: its owner's.
 */
final class PreparedProbes {

    final Space space;
    /** Exact query vectors, [size × dimension]. */
    float[] units = {};
    /** The same as they would be held, [size × dimension], with an exponent each. */
    private short[] numbers = {};
    private byte[] exponents = {};
    /** Codes in packs of 8, [packs × words × 8]. */
    long[] codes = {};
    /** [packs × 8]; {@link SignCodes#NOTHING} in the unused places of the last. With centring, their shares of it. */
    int[] radii = {};
    /** What each adds to the radius as an entry, [size]; zeros without centring. */
    int[] shares = {};
    /** Query vectors component by component in packs of 8; made by {@link #pack}. */
    float[] packedUnits = {};
    float threshold;
    boolean filtered;
    private int size;
    private boolean packed;
    /** One a worker. */
    private SearchScratch[] scratch;
    private final float[] pack;
    private final float[] held;
    /** Not the search's: a sink may ask for matches while a search goes on. */
    private final int[] pairRow = new int[1];
    private final float[] pairScore = new float[1];
    /** Where {@link #rowOf} goes on looking: inserts come in the order of the probes. */
    private int nextRow;

    PreparedProbes(Space space) {
        this.space = space;
        this.scratch = new SearchScratch[]{new SearchScratch(space)};
        this.pack = new float[space.dimension() * GROUP];
        this.held = new float[space.dimension()];
    }

    /** Replaces the probes. */
    PreparedProbes fill(List<float[]> vectors, float minCosine) {
        int dimension = space.dimension();
        threshold = minCosine;
        filtered = space.plan().filters() && minCosine >= (float) space.plan().threshold();
        size = 0;
        nextRow = 0;
        packed = false;
        reserve(vectors.size());
        for (float[] v : vectors) {
            if (v.length != dimension) {
                throw new IllegalArgumentException(
                        "probe " + size + " has " + v.length + " components; expected " + dimension);
            }
            System.arraycopy(VectorKernels.normalised(v), 0, units, size * dimension, dimension);
            exponents[size] = FixedPoint.encode(v, numbers, size * dimension);
            size++;
        }
        if (space.planes() != null) {
            encode();
        }
        Arrays.fill(radii, 0, packs() * GROUP, SignCodes.NOTHING);
        Arrays.fill(radii, 0, size, filtered ? space.plan().radius() : Integer.MAX_VALUE);
        if (filtered && space.centring() != null) {
            System.arraycopy(shares, 0, radii, 0, size);
        }
        return this;
    }

    private void reserve(int count) {
        if (exponents.length < count) {
            int padded = Math.ceilDiv(count, GROUP) * GROUP;
            units = new float[padded * space.dimension()];
            numbers = new short[padded * space.dimension()];
            exponents = new byte[padded];
            codes = new long[padded * space.words()];
            radii = new int[padded];
            shares = new int[padded];
        }
    }

    private void encode() {
        for (int p = 0; p < packs(); p++) {
            int rows = Math.min(GROUP, size - p * GROUP);
            for (int k = 0; k < rows; k++) {
                int row = p * GROUP + k;
                FixedPoint.decode(numbers, row * space.dimension(), exponents[row], space.dimension(), held, 0);
                if (space.centring() != null) {
                    shares[row] = space.centring().centre(held);
                }
                for (int j = 0; j < space.dimension(); j++) {
                    pack[j * GROUP + k] = held[j];
                }
            }
            space.planes().encode(pack, 0, codes, p * space.words() * GROUP, scratch[0].scores);
        }
    }

    /** Makes ready what a scan of everything needs. */
    void pack() {
        if (packed) {
            return;
        }
        int dimension = space.dimension();
        if (packedUnits.length < packs() * GROUP * dimension) {
            packedUnits = new float[packs() * GROUP * dimension];
        }
        for (int q = 0; q < size; q++) {
            int at = q / GROUP * GROUP * dimension + q % GROUP;
            for (int j = 0; j < dimension; j++) {
                packedUnits[at + j * GROUP] = units[q * dimension + j];
            }
        }
        packed = true;
    }

    /** What a worker searches in. Thread: the owner's for one that was never asked for, then any. */
    SearchScratch scratch(int worker) {
        int had = scratch.length;
        if (worker >= had) {
            SearchScratch[] more = Arrays.copyOf(scratch, worker + 1);
            for (int i = had; i <= worker; i++) {
                more[i] = new SearchScratch(space);
            }
            scratch = more;
        }
        return scratch[worker];
    }

    int size() {
        return size;
    }

    int packs() {
        return Math.ceilDiv(size, GROUP);
    }

    int packOffset(int row) {
        return row / GROUP * space.words() * GROUP;
    }

    /** @see VectorWindow.Probes#match */
    float match(int stored, int query) {
        if (filtered && SignCodes.distance(codes, stored, codes, query, space.words()) > radii[query]
                + shares[stored]) {
            return Float.NaN;
        }
        FixedPoint.decode(numbers, stored * space.dimension(), exponents[stored], space.dimension(), held, 0);
        float cosine = cosine(held, query);
        return cosine >= threshold ? cosine : Float.NaN;
    }

    /** As a search would score it; not against the threshold. @param stored [dimension], as it is held */
    float cosine(float[] stored, int query) {
        pairRow[0] = query;
        VectorKernels.dots(units, pairRow, stored, space.dimension(), 1, pairScore);
        return VectorKernels.clamp(pairScore[0]);
    }

    /** The row of a vector as it is held, so that its code need not be computed again; −1 where there is none near. */
    int rowOf(short[] vector, byte exponent) {
        int dimension = space.dimension();
        for (int i = 0; i < Math.min(size, 64); i++) {
            int row = nextRow + i < size ? nextRow + i : nextRow + i - size;
            if (exponents[row] == exponent && Arrays.equals(numbers, row * dimension, (row + 1) * dimension, vector, 0,
                    dimension)) {
                nextRow = row + 1 == size ? 0 : row + 1;
                return row;
            }
        }
        return -1;
    }
}
