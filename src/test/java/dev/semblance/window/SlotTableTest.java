package dev.semblance.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {

    /** A dense list of hashes is the oracle: slot = place in it. Few distinct hashes make runs and collisions. */
    @ParameterizedTest
    @ValueSource(ints = {20, 5_000, Integer.MAX_VALUE})
    void agreesWithAList(int hashes) {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Long> hashOf = new ArrayList<>();
            SlotTable table = new SlotTable(hashOf::get);
            for (int i = 0; i < 3_000; i++) {
                boolean grows = random.nextInt(100) < (i / 1_000 == 1 ? 30 : 65);
                if (grows || hashOf.isEmpty()) {
                    long hash = Payloads.mix(random.nextInt(hashes));
                    hashOf.add(hash);
                    table.add(hash, hashOf.size() - 1);
                } else {
                    int slot = random.nextInt(hashOf.size());
                    int last = hashOf.size() - 1;
                    table.remove(hashOf.get(slot), slot);
                    if (slot != last) {
                        table.replace(hashOf.get(last), last, slot);
                    }
                    hashOf.set(slot, hashOf.get(last));
                    hashOf.removeLast();
                }
                long asked = Payloads.mix(random.nextInt(Math.min(hashes, 20_000)));
                assertThat(slots(table, asked, hashOf)).as("seed %d", seed).isEqualTo(places(hashOf, asked));
            }
            for (int slot = 0; slot < hashOf.size(); slot++) {
                int wanted = slot;
                assertThat(table.find(hashOf.get(slot), s -> s == wanted)).as("seed %d", seed).isEqualTo(slot);
            }
        }
    }

    /** Six bits of a hash lie in the table, so others may be offered, too. */
    private static TreeSet<Integer> slots(SlotTable table, long hash, List<Long> hashOf) {
        TreeSet<Integer> found = new TreeSet<>();
        assertThat(table.find(hash, slot -> {
            if (hashOf.get(slot) == hash) {
                assertThat(found.add(slot)).isTrue();
            }
            return false;
        })).isEqualTo(-1);
        return found;
    }

    private static TreeSet<Integer> places(List<Long> hashOf, long hash) {
        TreeSet<Integer> places = new TreeSet<>();
        for (int i = 0; i < hashOf.size(); i++) {
            if (hashOf.get(i) == hash) {
                places.add(i);
            }
        }
        return places;
    }

    @Test
    void extentsCoverEveryItemOnce() {
        for (int max : new int[]{8, 16, 64, 256}) {
            Extents extents = new Extents(max);
            for (int i = 0; i < 2_000; i++) {
                int e = extents.of(i);
                assertThat(i).isBetween(extents.start(e), extents.start(e) + extents.capacity(e) - 1);
                assertThat(extents.start(e + 1)).isEqualTo(extents.start(e) + extents.capacity(e));
                assertThat(extents.capacity(e)).isLessThanOrEqualTo(max);
                assertThat(extents.count(i + 1)).isEqualTo(e + 1);
            }
            assertThat(extents.count(0)).isZero();
        }
    }

    @Test
    void sizeClassesFitTightly() {
        for (int bytes = 1; bytes <= 4 << 20; bytes += bytes < 3_000 ? 1 : 997) {
            int c = Payloads.sizeClass(bytes);
            assertThat(Payloads.classBytes(c)).isGreaterThanOrEqualTo(bytes).isLessThanOrEqualTo(bytes + Math.max(15,
                    bytes / 4));
            if (c > 0) {
                assertThat(Payloads.classBytes(c - 1)).as("%d bytes", bytes).isLessThan(bytes);
            }
        }
        assertThat(Payloads.sizeClass(4 << 20)).isEqualTo(107);
    }
}
