package dev.semblance.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.SignCodes;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The entries of one model, off the heap but for two tables of 4 bytes an entry: dense {@link Slots}, {@link Payloads},
 * and where to find an id and a text hash.
 *
 * <p>Thread: guarded by the lock of {@link VectorIndex}.
 */
final class ModelVectors {

    /** Vectors are comparable within one key. The dimension is in it so that a lying record cannot break a scan. */
    record Key(String id, String revision, int dimension) {
        static Key of(ModelIdentity model) {
            return new Key(model.id(), model.revision(), model.dimension());
        }
    }

    private static final int MAX_SLOTS = (1 << SlotTable.SLOT_BITS) - 1;

    final Space space;
    private final ModelIdentity model;
    private final Slots slots;
    private final Payloads payloads = new Payloads(this::moved);
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final SlotTable byId;
    private final SlotTable byHash;
    private final SearchMode mode = new SearchMode();
    /** The owner's probes, whose codes inserts take over. */
    final PreparedProbes probes;
    private final PreparedProbes single;
    /** Of the entry that was checked last. */
    private final short[] numbers;
    private byte exponent;
    private byte[] text;

    ModelVectors(ModelIdentity model, Space space) {
        this.model = model;
        this.space = space;
        slots = new Slots(space.dimension(), space.words(), space.centring() != null);
        byId = new SlotTable(slot -> payloads.idHash(slots.ref(slot), seed));
        byHash = new SlotTable(slot -> Payloads.mix(slots.hashHigh(slot) ^ seed));
        probes = new PreparedProbes(space);
        single = new PreparedProbes(space);
        numbers = new short[space.dimension()];
    }

    /** The slot of an entry, −1 where there is none. */
    int find(byte[] id) {
        return byId.find(Payloads.hash(id, seed), slot -> payloads.hasId(slots.ref(slot), id));
    }

    /**
     * Makes ready what {@link #add} needs; nothing has changed where it throws.
     *
     * @throws IllegalArgumentException where the vector or the strings cannot be held
     */
    void check(WindowEntry entry, byte[] id) {
        exponent = FixedPoint.encode(entry.vector(), numbers, 0);
        text = entry.text() == null ? null : entry.text().getBytes(UTF_8);
        Payloads.check(entry.id(), id, text);
        if (slots.count() == MAX_SLOTS) {
            throw new IllegalStateException("the window holds " + MAX_SLOTS + " vectors of model " + model.id()
                    + ", the most there can be; shorten the window");
        }
    }

    /** Adds the entry that was checked last; its id must not be here. */
    void add(WindowEntry entry, byte[] id) {
        int ref = payloads.add(id, entry.figuresHash(), text);
        int slot = slots.add(entry.lastSeenMs());
        slots.eventTimeMs(slot, entry.eventTimeMs());
        slots.hash(slot, entry.textHash().high(), entry.textHash().low());
        slots.ref(slot, ref);
        slots.numbers(slot, numbers, 0, exponent);
        if (space.planes() != null) {
            int row = probes.rowOf(numbers, exponent);
            if (row < 0) {
                single.fill(List.of(entry.vector()), 1);
                slots.code(slot, single.codes, 0, 0);
                slots.share(slot, single.shares[0]);
            } else {
                slots.code(slot, probes.codes, probes.packOffset(row), row % SignCodes.GROUP);
                slots.share(slot, probes.shares[row]);
            }
        }
        byId.add(Payloads.hash(id, seed), slot);
        byHash.add(Payloads.mix(entry.textHash().high() ^ seed), slot);
    }

    void remove(int slot) {
        byId.remove(payloads.idHash(slots.ref(slot), seed), slot);
        byHash.remove(Payloads.mix(slots.hashHigh(slot) ^ seed), slot);
        payloads.remove(slots.ref(slot));
        int last = slots.count() - 1;
        if (slot != last) {
            byId.replace(payloads.idHash(slots.ref(last), seed), last, slot);
            byHash.replace(Payloads.mix(slots.hashHigh(last) ^ seed), last, slot);
        }
        slots.fill(slot);
    }

    private void moved(int from, int to) {
        int slot = byId.find(payloads.idHash(to, seed), s -> slots.ref(s) == from);
        slots.ref(slot, to);
    }

    Original original(int slot) {
        int ref = slots.ref(slot);
        return new Original(id(slot), slots.eventTimeMs(slot), slots.lastSeenMs(slot), model,
                new TextHash(slots.hashHigh(slot), slots.hashLow(slot)), payloads.figuresHash(ref),
                payloads.text(ref));
    }

    String id(int slot) {
        return new String(payloads.id(slots.ref(slot)), UTF_8);
    }

    float[] vector(int slot) {
        short[] held = new short[space.dimension()];
        float[] v = new float[space.dimension()];
        slots.numbers(slot, 1, held, 0);
        FixedPoint.decode(held, 0, slots.exponent(slot), v.length, v, 0);
        return v;
    }

    long eventTimeMs(int slot) {
        return slots.eventTimeMs(slot);
    }

    long lastSeenMs(int slot) {
        return slots.lastSeenMs(slot);
    }

    List<Original> exact(TextHash hash) {
        List<Original> found = new ArrayList<>(0);
        byHash.find(Payloads.mix(hash.high() ^ seed), slot -> {
            if (slots.hashHigh(slot) == hash.high() && slots.hashLow(slot) == hash.low()) {
                found.add(original(slot));
            }
            return false;
        });
        return found;
    }

    /** @param onlyRow −1 for all */
    void search(PreparedProbes wanted, int onlyRow, ScanThreads threads, VectorWindow.HitSink sink) {
        boolean byCodes = wanted.filtered && mode.byCodes();
        long survivors = StretchedSearch.run(slots, wanted, onlyRow, byCodes, threads,
                (query, slot, cosine) -> sink.hit(onlyRow < 0 ? query : 0, original(slot), cosine));
        if (byCodes) {
            mode.measured(survivors, (long) slots.count() * (onlyRow < 0 ? wanted.size() : 1));
        }
    }

    float cosine(int slot, float[] query) {
        return VectorKernels.clamp(VectorKernels.dot(VectorKernels.normalised(query), vector(slot)));
    }

    /** What a search would report of that pair; NaN where nothing. */
    float match(int slot, PreparedProbes wanted, int row) {
        if (wanted.filtered && slots.distance(slot, wanted.codes, wanted.packOffset(row),
                row % SignCodes.GROUP) > wanted.radii[row] + slots.share(slot)) {
            return Float.NaN;
        }
        float cosine = wanted.cosine(vector(slot), row);
        return cosine >= wanted.threshold ? cosine : Float.NaN;
    }

    /**
     * The slot last seen the longest ago; ties by event time, then id. −1 where there is none.
     *
     * @param earliest {@link #earliestMs}
     */
    int oldest(long earliest) {
        int oldest = -1;
        int blockCount = slots.blockCount();
        for (int block = 0; block < blockCount; block++) {
            if (slots.earliestMs(block) != earliest) {
                continue;
            }
            int start = slots.start(block);
            for (int slot = slots.find(block, 0, earliest); slot >= 0; slot = slots.find(block, slot - start + 1,
                    earliest)) {
                if (oldest < 0 || isBefore(slot, oldest)) {
                    oldest = slot;
                }
            }
        }
        return oldest;
    }

    private boolean isBefore(int slot, int other) {
        int byTime = Long.compare(slots.eventTimeMs(slot), slots.eventTimeMs(other));
        return byTime != 0 ? byTime < 0 : id(slot).compareTo(id(other)) < 0;
    }

    /** Earliest last-seen time; {@code Long.MAX_VALUE} where there is none. */
    long earliestMs() {
        return slots.earliestMs();
    }

    int count() {
        return slots.count();
    }

    void forEachId(Consumer<String> sink) {
        for (int slot = 0; slot < slots.count(); slot++) {
            sink.accept(id(slot));
        }
    }

    /** Bytes in use: blocks and pages off the heap, and the two tables on it. */
    long sizeBytes() {
        return slots.sizeBytes() + payloads.sizeBytes() + 2 * SlotTable.bytes(slots.count());
    }

    Slots slots() {
        return slots;
    }

    SearchMode mode() {
        return mode;
    }

    void close() {
        slots.close();
        payloads.close();
    }
}
