package dev.semblance.watch;

import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.CoarseVectors;
import dev.semblance.vector.Hyperplanes;
import dev.semblance.vector.LoneQuery;
import dev.semblance.vector.SearchPlan;
import dev.semblance.vector.SignCodes;
import dev.semblance.vector.VectorKernels;
import java.util.Arrays;

/**
 * The watches of one model, for one event at a time. Events reach the route step one by one, and none may wait for
 * another; so there is no batch of queries to read the watches once for. Instead the sign code of the event is held
 * against the codes of all watches, each with the radius of its own threshold, and what survives is scored: for 10,000
 * watches that reads less than a megabyte instead of fifteen.
 *
 * <p>Rows are only ever appended. A change appends the new version and ends the old one; both become visible together,
 * by a volatile write of a new {@link Snapshot}. A version that no event can ask for any more is given up; its row stays
 * as it is, since a slow reader may be in it, until its chunk has more such rows than others: then those others are
 * copied to the end, and the chunk is dropped.
 *
 * <p>Thread: one writer; any number of readers, who take no lock and never wait. A reader sees the watches as they were
 * after some change, whole.
 */
final class ModelWatches {

    /** Vectors are comparable within one key. */
    record Key(String id, String revision, int dimension) {
        static Key of(ModelIdentity model) {
            return new Key(model.id(), model.revision(), model.dimension());
        }
    }

    /** The rows after some change. */
    private static final class Snapshot {
        /** Full but for the last. */
        private final WatchChunk[] chunks;
        /** Of the last chunk in use. */
        private final int rows;
        /** Of the last change in it. */
        private final long sequence;

        Snapshot(WatchChunk[] chunks, int rows, long sequence) {
            this.chunks = chunks;
            this.rows = rows;
            this.sequence = sequence;
        }
    }

    /** Receives what a search finds. */
    interface Sink {
        void hit(WatchVersion version, float cosine);
    }

    /** Bits of a code: fewer let more watches of a low threshold survive, more take longer to make and to compare. */
    static final int BITS = 512;
    private static final int GRID = 1_000;

    private final int dimension;
    private final double missProbability;
    /** Null where everything is scored. */
    private final Hyperplanes planes;
    /** By thresholds in thousandths, rounded down; 0 where not yet computed. */
    private final int[] radii = new int[GRID + 1];
    private final int stride;
    /** More than rounding can make of a score, on any way to it. */
    private final float margin;
    private final long[] code;
    private final float[] scores = new float[Long.SIZE];
    private volatile Snapshot snapshot = new Snapshot(new WatchChunk[0], 0, 0);
    /** The writer's next snapshot. */
    private WatchChunk[] chunks = {};
    private int rows;
    /** The writer's: versions that have not been given up. */
    private int kept;
    private volatile int live;

    ModelWatches(int dimension, double missProbability, boolean exact) {
        this.dimension = dimension;
        this.missProbability = missProbability;
        this.planes = exact || dimension > SearchPlan.MAX_DIMENSION ? null : Hyperplanes.of(dimension, BITS);
        this.code = new long[words()];
        this.stride = CoarseVectors.stride(dimension);
        this.margin = VectorKernels.ROUGH_ERROR * Math.ceilDiv(dimension, SearchPlan.MAX_DIMENSION);
    }

    int words() {
        return planes == null ? 0 : planes.words();
    }

    /** Bytes of a row, the version and its strings left out. */
    static long rowBytes(int dimension) {
        return 4L * dimension + CoarseVectors.stride(dimension) + 8 + BITS / Byte.SIZE + 2L * Long.BYTES;
    }

    /** Versions that are the last of their watch. */
    int live() {
        return live;
    }

    void live(int count) {
        live = count;
    }

    /**
     * Appends a version; it is not visible before {@link #publish}.
     *
     * @param unit [dimension], unit L2 norm
     */
    void add(WatchVersion version, float[] unit) {
        int row = nextRow();
        int radius = 0;
        if (planes != null) {
            LoneQuery.encode(planes, unit, code, scores);
            radius = radius(version.threshold);
        }
        chunks[chunks.length - 1].write(row, version, unit, code, radius);
        kept++;
    }

    private int nextRow() {
        if (chunks.length == 0 || rows == chunks[chunks.length - 1].versions.length) {
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunks.length - 1] = new WatchChunk(dimension, words());
            rows = 0;
        }
        return rows++;
    }

    /** A lower threshold has a wider radius: rounding it down misses no more. */
    private int radius(double threshold) {
        int thousandths = (int) (threshold * GRID);
        if (radii[thousandths] == 0) {
            radii[thousandths] = LoneQuery.radius(dimension, BITS, (double) thousandths / GRID, missProbability);
        }
        return radii[thousandths];
    }

    /** No event asks for that version any more. */
    void giveUp(WatchVersion version) {
        WatchChunk chunk = version.chunk;
        chunk.dead++;
        version.chunk = null;
        kept--;
        if (2 * chunk.dead > chunk.versions.length && chunk != chunks[chunks.length - 1]) {
            empty(chunk);
        }
    }

    private void empty(WatchChunk chunk) {
        int at = Arrays.asList(chunks).indexOf(chunk);
        for (int row = 0; row < chunk.versions.length; row++) {
            if (chunk.versions[row].chunk == chunk) {
                int to = nextRow();
                chunks[chunks.length - 1].copy(to, chunk, row);
            }
        }
        WatchChunk[] others = new WatchChunk[chunks.length - 1];
        System.arraycopy(chunks, 0, others, 0, at);
        System.arraycopy(chunks, at + 1, others, at, others.length - at);
        chunks = others;
    }

    int chunkCount() {
        return chunks.length;
    }

    /** Makes all changes since the last call visible together. */
    void publish(long sequence) {
        snapshot = new Snapshot(chunks, rows, sequence);
    }

    /** Whether every version has been given up. */
    boolean isEmpty() {
        return kept == 0;
    }

    /**
     * Finds the versions in force for an event whose cosine with it reaches their threshold.
     *
     * @param unit       [dimension], unit L2 norm
     * @param appendedMs append time of the event's embedding
     */
    void search(float[] unit, long appendedMs, Scratch scratch, Sink sink) {
        Snapshot now = snapshot;
        if (now.chunks.length == 0) {
            return;
        }
        scratch.query(unit);
        if (planes != null) {
            LoneQuery.encode(planes, unit, scratch.code, scratch.scores);
        }
        for (int c = 0; c < now.chunks.length; c++) {
            WatchChunk chunk = now.chunks[c];
            int used = c == now.chunks.length - 1 ? now.rows : chunk.versions.length;
            int near = planes == null ? scratch.all(used) : near(chunk, used, scratch);
            score(chunk, near, unit, appendedMs, now.sequence, scratch, sink);
        }
    }

    private static int near(WatchChunk chunk, int used, Scratch scratch) {
        int groups = Math.ceilDiv(used, SignCodes.GROUP * LoneQuery.GROUPS) * LoneQuery.GROUPS;
        int near = LoneQuery.near(scratch.code, chunk.codes, groups, chunk.words, scratch.rows);
        int published = 0;
        for (int i = 0; i < near; i++) {
            // The writer may be filling the rows behind.
            if (scratch.rows[i] < used) {
                scratch.rows[published++] = scratch.rows[i];
            }
        }
        return published;
    }

    /** What coarse numbers cannot rule out is scored roughly, and what that cannot rule out, exactly. */
    private void score(WatchChunk chunk, int count, float[] unit, long appendedMs, long sequence, Scratch scratch,
            Sink sink) {
        CoarseVectors.products(scratch.coarse, chunk.coarse, stride, scratch.rows, count, scratch.products);
        for (int i = 0; i < count; i++) {
            int row = scratch.rows[i];
            float limit = chunk.least[row] - margin;
            if (scratch.products[i] * scratch.scale * chunk.scales[row] + scratch.length * chunk.errors[row]
                    + scratch.error < limit) {
                continue;
            }
            scratch.scored++;
            int from = row * dimension;
            if (VectorKernels.roughDot(unit, 0, chunk.vectors, from, dimension) < limit
                    || !chunk.versions[row].isInForce(appendedMs, sequence)) {
                continue;
            }
            float cosine = VectorKernels.clamp(LoneQuery.dot(unit, chunk.vectors, from));
            if (cosine >= chunk.least[row]) {
                sink.hit(chunk.versions[row], cosine);
            }
        }
    }

    /** What a reader works in. Thread: the reader's. */
    static final class Scratch {
        private final long[] code = new long[BITS / Long.SIZE];
        private final float[] scores = new float[Long.SIZE];
        private final int[] rows = new int[WatchChunk.MOST_ROWS];
        private final int[] products = new int[WatchChunk.MOST_ROWS];
        private short[] coarse = {};
        private float scale;
        private float error;
        /** Of the coarse query. */
        private float length;
        private long scored;

        private void query(float[] unit) {
            int stride = CoarseVectors.stride(unit.length);
            if (coarse.length != stride) {
                coarse = new short[stride];
            }
            scale = CoarseVectors.encode(unit, coarse);
            error = CoarseVectors.error(unit, scale);
            length = 1 + error;
            scored = 0;
        }

        /** Watches that were scored in the last search. */
        long scored() {
            return scored;
        }

        private int all(int count) {
            for (int row = 0; row < count; row++) {
                rows[row] = row;
            }
            return count;
        }
    }
}
