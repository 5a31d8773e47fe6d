package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.VectorBlocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of one model: their vectors in scan order, and a chain of entries for each text hash.
 *
 * <p>Thread: guarded by the lock of {@link VectorIndex}.
 */
final class ModelVectors {

    /** An entry and its places. Mutable. */
    static final class Item {
        final ModelVectors home;
        Original original;
        private int slot;
        private Item newerTwin;
        private Item olderTwin;

        private Item(ModelVectors home, Original original) {
            this.home = home;
            this.original = original;
        }
    }

    /** Vectors are comparable within one key. The dimension is in it so that a lying record cannot break a scan. */
    record Key(String id, String revision, int dimension) {
        static Key of(ModelIdentity model) {
            return new Key(model.id(), model.revision(), model.dimension());
        }
    }

    private final ModelIdentity model;
    private final VectorBlocks vectors;
    private final List<Item> items = new ArrayList<>();
    private final Map<TextHash, Item> newestByHash = new HashMap<>();

    ModelVectors(ModelIdentity model) {
        this.model = model;
        vectors = new VectorBlocks(model.dimension());
    }

    Item add(Original original, float[] vector) {
        Item item = new Item(this, sharingModel(original));
        item.slot = vectors.add(vector);
        items.add(item);
        item.olderTwin = newestByHash.put(original.textHash(), item);
        if (item.olderTwin != null) {
            item.olderTwin.newerTwin = item;
        }
        return item;
    }

    /** Entries decoded from a changelog bring an identity each; one instance is enough. */
    private Original sharingModel(Original o) {
        return o.model().equals(model)
                ? new Original(o.id(), o.eventTimeMs(), o.lastSeenMs(), model, o.textHash(), o.figuresHash(), o.text())
                : o;
    }

    void remove(Item item) {
        vectors.remove(item.slot);
        Item last = items.removeLast();
        if (last != item) {
            items.set(item.slot, last);
            last.slot = item.slot;
        }
        if (item.olderTwin != null) {
            item.olderTwin.newerTwin = item.newerTwin;
        }
        if (item.newerTwin != null) {
            item.newerTwin.olderTwin = item.olderTwin;
        } else if (item.olderTwin != null) {
            newestByHash.put(item.original.textHash(), item.olderTwin);
        } else {
            newestByHash.remove(item.original.textHash());
        }
    }

    List<Original> exact(TextHash hash) {
        List<Original> found = new ArrayList<>(1);
        for (Item item = newestByHash.get(hash); item != null; item = item.olderTwin) {
            found.add(item.original);
        }
        return found;
    }

    void search(List<float[]> queries, float threshold, VectorWindow.HitSink sink) {
        vectors.scan(PackedQueries.of(queries, vectors.dimension()), threshold,
                (query, slot, cosine) -> sink.hit(query, items.get(slot).original, cosine));
    }

    float[] vector(Item item) {
        return vectors.get(item.slot);
    }

    float cosine(Item item, float[] query) {
        return vectors.cosine(item.slot, query);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    long vectorBytes() {
        return vectors.sizeBytes();
    }
}
