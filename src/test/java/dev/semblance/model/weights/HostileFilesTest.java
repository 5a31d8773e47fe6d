package dev.semblance.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.semblance.model.ModelException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are: tensors or a {@link ModelException}, soon and in little memory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileFilesTest {

    private static final long SEED = 20_260_101;
    private static final int INPUTS = 2_000;
    private static final long MAX_ALLOCATED_BYTES = 8 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] SAFETENSORS = SafetensorsBytes.of("""
            {"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
            "a.bias":{"dtype":"F16","shape":[3],"data_offsets":[24,30]},
            "ids":{"dtype":"I64","shape":[1,2],"data_offsets":[30,46]}}\s\s""", new byte[46]);

    @Test
    void safetensors() {
        mutate(SAFETENSORS, SafetensorsReader::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy.bin", "types_legacy.bin", "protocol2.bin", "nested.bin"})
    void torchFiles(String name) {
        mutate(TinyFolder.bytes("torch/" + name), TorchReader::read);
    }

    /** In an archive whose checksums are right, so that the mutated pickle is read. */
    @ParameterizedTest
    @ValueSource(strings = {"protocol2.bin", "protocol4.bin", "types.bin", "nested.bin"})
    void pickles(String name) {
        byte[] file = TinyFolder.bytes("torch/" + name);
        String folder = name.replace(".bin", "/");
        ZipDirectory zip = ZipDirectory.read(name, MemorySegment.ofArray(file));
        Map<String, byte[]> storages = new HashMap<>();
        for (String entry : zip.names()) {
            if (entry.startsWith(folder + "data/")) {
                storages.put(entry.substring(folder.length() + 5), zip.bytes(entry).toArray(Elements.BYTE));
            }
        }
        assertThat(storages).isNotEmpty();
        mutate(zip.bytes(folder + "data.pkl").toArray(Elements.BYTE), (source, pickle) -> TorchReader.read(source,
                MemorySegment.ofArray(TorchZip.of(pickle.toArray(Elements.BYTE), storages))));
    }

    @Test
    void indexes(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("s1.safetensors"), SafetensorsBytes.one("x", 1));
        Files.write(folder.resolve("s2.safetensors"), SafetensorsBytes.one("y", 2));
        Path index = folder.resolve("model.safetensors.index.json");
        byte[] good = "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"x\":\"s1.safetensors\",\"y\":\"s2.safetensors\"}}"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < INPUTS / 3; i++) {
            byte[] input = i == 0 ? good : mutation(good, random);
            Files.write(index, input);
            check(i, input, (_, _) -> {
                try (Weights weights = WeightFiles.open(folder)) {
                    assertThat(weights.names()).containsExactly("x", "y");
                }
                return new java.util.TreeMap<>();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol2.bin", "types.bin", "legacy.bin", "types_legacy.bin"})
    void refusesTorchFilesCutShortAnywhere(String name) {
        cutShort(TinyFolder.bytes("torch/" + name), TorchReader::read);
    }

    @Test
    void refusesSafetensorsCutShortAnywhere() {
        cutShort(SAFETENSORS, SafetensorsReader::read);
    }

    /** A zip file has checksums: a changed bit is found, or it was none of a tensor's. */
    @Test
    void neverGivesOtherValuesForAZipWithOneBitChanged() {
        byte[] good = TinyFolder.bytes("torch/protocol4.bin");
        SortedMap<String, Tensor> expected = TorchReader.read("good", MemorySegment.ofArray(good));
        int refused = 0;
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] input = good.clone();
            input[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                SortedMap<String, Tensor> tensors = TorchReader.read("changed", MemorySegment.ofArray(input));
                assertThat(tensors.keySet()).as("bit %d", bit).isEqualTo(expected.keySet());
                for (String name : tensors.keySet()) {
                    if (expected.get(name).type().isFloat()
                            && !Arrays.equals(tensors.get(name).floats(), expected.get(name).floats())) {
                        fail("other values for %s with bit %d changed", name, bit);
                    }
                }
            } catch (ModelException e) {
                refused++;
            }
        }
        ZipDirectory zip = ZipDirectory.read("good", MemorySegment.ofArray(good));
        long guarded = zip.bytes("protocol4/data.pkl").byteSize() + zip.bytes("protocol4/data/0").byteSize()
                + zip.bytes("protocol4/data/1").byteSize();
        assertThat(refused).isGreaterThan(8 * (int) guarded);
    }

    private static void cutShort(byte[] good, WeightFiles.Reader reader) {
        assertThat(reader.read("whole", MemorySegment.ofArray(good))).isNotEmpty();
        for (int length = 0; length < good.length; length++) {
            MemorySegment start = MemorySegment.ofArray(Arrays.copyOf(good, length));
            assertThatThrownBy(() -> reader.read("start", start)).as("%d bytes", length)
                    .isInstanceOf(ModelException.class);
        }
        MemorySegment longer = MemorySegment.ofArray(Arrays.copyOf(good, good.length + 1));
        assertThatThrownBy(() -> reader.read("longer", longer)).isInstanceOf(ModelException.class);
    }

    private static void mutate(byte[] good, WeightFiles.Reader reader) {
        SplittableRandom random = new SplittableRandom(SEED);
        assertThat(reader.read("good", MemorySegment.ofArray(good))).isNotEmpty();
        for (int i = 0; i < INPUTS; i++) {
            check(i, mutation(good, random), reader);
        }
    }

    private static void check(int number, byte[] input, WeightFiles.Reader reader) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            for (Tensor tensor : reader.read("mutated", MemorySegment.ofArray(input)).values()) {
                int count = Arrays.stream(tensor.shape()).reduce(1, Math::multiplyExact);
                if (tensor.type().isFloat()) {
                    assertThat(tensor.floats()).hasSize(count);
                }
            }
        } catch (ModelException e) {
            if (e.getMessage().length() > 1_000) {
                fail("a message of %d characters for input %d of seed %d", e.getMessage().length(), number, SEED);
            }
        } catch (RuntimeException | Error e) {
            fail("input " + number + " of seed " + SEED + ": " + Arrays.toString(input), e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > MAX_ALLOCATED_BYTES) {
            fail("%d bytes allocated for input %d of seed %d", allocated, number, SEED);
        }
    }

    /** One to four changes: bytes set, extreme integers, parts cut out, doubled or moved, the end lost. */
    private static byte[] mutation(byte[] good, SplittableRandom random) {
        byte[] out = good.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && out.length > 8; changes--) {
            int at = random.nextInt(out.length);
            int end = Math.min(out.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 64));
            switch (random.nextInt(8)) {
                case 0, 1 -> out[at] = (byte) random.nextInt();
                case 2 -> out[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> Arrays.fill(out, at, Math.min(end, at + 8), (byte) (random.nextBoolean() ? -1 : 0x7f));
                case 4 -> out = joined(Arrays.copyOf(out, at), Arrays.copyOfRange(out, end, out.length));
                case 5 -> out = joined(Arrays.copyOf(out, end), Arrays.copyOfRange(out, at, out.length));
                case 6 -> System.arraycopy(good, random.nextInt(good.length - Math.min(good.length - 1, end - at)), out,
                        at, Math.min(good.length - 1, end - at));
                default -> out = random.nextInt(4) == 0 ? Arrays.copyOf(out, at + 1) : out;
            }
        }
        return out;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] out = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, out, first.length, second.length);
        return out;
    }
}
