package dev.semblance.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {

    private static SortedMap<String, Tensor> read(byte[] file) {
        return SafetensorsReader.read("model.safetensors", MemorySegment.ofArray(file).asReadOnly());
    }

    @Test
    void readsTensorsWhateverTheirOrder() {
        SortedMap<String, Tensor> tensors = read(SafetensorsBytes.of(
                """
                        {"__metadata__":{"format":"pt"},
                         "b":{"shape":[2],"data_offsets":[16,24],"dtype":"F32"},
                         "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
                         "nothing":{"dtype":"F16","shape":[0,7],"data_offsets":[16,16]},
                         "scalar":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}\s\s""",
                SafetensorsBytes.floats(1, 2, 3, 4, 5, 6, 7)));

        assertThat(tensors.keySet()).containsExactly("a", "b", "nothing", "scalar");
        assertThat(tensors.get("a").shape()).containsExactly(2, 2);
        assertThat(tensors.get("a").floats()).containsExactly(1, 2, 3, 4);
        assertThat(tensors.get("b").floats()).containsExactly(5, 6);
        assertThat(tensors.get("nothing").shape()).containsExactly(0, 7);
        assertThat(tensors.get("nothing").floats()).isEmpty();
        assertThat(tensors.get("scalar").shape()).isEmpty();
        assertThat(tensors.get("scalar").floats()).containsExactly(7);
        assertThat(tensors.get("scalar").type()).isEqualTo(ElementType.F32);
    }

    /** At odd addresses too: the format promises no alignment. */
    @Test
    void convertsEveryTypeOfFloats() {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).put((byte) 1).put((byte) -3)
                .put((byte) 200).putShort((short) -300).putShort((short) 0xC100).putShort((short) 0xC020)
                .putInt(-70_000).putFloat(0.1f).putLong(1L << 40).putDouble(0.1);
        StringBuilder header = new StringBuilder("{");
        int at = 0;
        for (var e : new String[]{"BOOL", "I8", "U8", "I16", "F16", "BF16", "I32", "F32", "I64", "F64"}) {
            int size = ElementType.valueOf(e).sizeBytes();
            header.append(at == 0 ? "" : ",").append("\"").append(e).append("\":{\"dtype\":\"").append(e)
                    .append("\",\"shape\":[1],\"data_offsets\":[").append(at).append(',').append(at += size)
                    .append("]}");
        }
        byte[] used = java.util.Arrays.copyOf(data.array(), data.position());
        SortedMap<String, Tensor> tensors = read(SafetensorsBytes.of(header + "}", used));

        Map<String, Float> expected = Map.of("F16", -2.5f, "BF16", -2.5f, "F32", 0.1f, "F64", 0.1f);
        assertThat(tensors).hasSize(ElementType.values().length).containsKeys(expected.keySet().toArray(String[]::new));
        expected.forEach((name, value) -> {
            assertThat(tensors.get(name).type().name()).isEqualTo(name);
            assertThat(tensors.get(name).floats()).as(name).containsExactly(value);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    []                                                                       | no JSON object
                    {"a"}                                                                    | no valid JSON
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x                 | no valid JSON
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}                | goes on after
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{}}            | Duplicate field 'a'
                    {"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}     | Duplicate field 'dtype'
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}             | tensor a has the unknown field x
                    {"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}                    | tensor a has the dtype Q4; known are
                    {"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}                       | dtype that is no text
                    {"a":{"shape":[2],"data_offsets":[0,8]}}                                 | lacks dtype
                    {"a":{"dtype":"F32","data_offsets":[0,8]}}                               | lacks dtype, shape
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}                     | lacks dtype, shape or two data_offsets
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}                 | more than 2 numbers
                    {"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}                     | shape that is no array
                    {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                 | no whole number
                    {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                  | no whole number
                    {"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}                 | no whole number
                    {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}| no valid JSON
                    {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                   | data_offsets [0, 8] for 12 bytes
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                   | data_offsets [8, 0]
                    {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}                  | ends at byte 12 of the data, but the file is cut short after 8
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                   | 4 bytes after the last tensor
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                   | tensor a follows a gap at byte 0
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor b overlaps another at byte 4
                    {"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,8]}}         | more than 2147483647 elements
                    {"a":{"dtype":"F32","shape":[0,4294967296],"data_offsets":[0,0]}}        | more than 2147483647 elements
                    {"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}   | more than 8 numbers
                    {"a":7}                                                                  | described by no JSON object
                    {"__metadata__":{"a":1}}                                                 | __metadata__ with a that is no text
                    {"__metadata__":[]}                                                      | __metadata__ that is no JSON object
                    """)
    void refusesWrongHeaders(String header, String why) {
        assertThatThrownBy(() -> read(SafetensorsBytes.of(header, new byte[8]))).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("model.safetensors: ").hasMessageContaining(why);
    }

    @Test
    void refusesAHeaderOfTenGigabytes() {
        byte[] file = SafetensorsBytes.one("a", 1);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(10_000_000_000L);

        assertThatThrownBy(() -> read(file)).isInstanceOf(ModelException.class)
                .hasMessageContaining("its header has 10000000000 bytes, but it has 2 to 100000000");
    }

    @Test
    void refusesAHeaderBeyondTheFile() {
        byte[] file = SafetensorsBytes.one("a", 1);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(1_000);

        assertThatThrownBy(() -> read(file)).isInstanceOf(ModelException.class)
                .hasMessageContaining("is cut short: its header ends at byte 1008 of " + file.length);
    }

    @Test
    void refusesOtherEncodingsThanUtf8() {
        byte[] file = SafetensorsBytes.of(
                new String("{\"é\":1}".getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8), new byte[0]);
        file[10] = (byte) 0xff;

        assertThatThrownBy(() -> read(file)).isInstanceOf(ModelException.class).hasMessageContaining("not in UTF-8");
    }

    @Test
    void refusesNestingWithoutEnd() {
        assertThatThrownBy(() -> read(SafetensorsBytes.of("{\"a\":".repeat(100_000), new byte[0])))
                .isInstanceOf(ModelException.class);
    }

    @Test
    void showsHostileNamesOnOneShortLine() {
        String name = "\\n\\u001b[31m\\u202e" + "x".repeat(10_000);

        assertThatThrownBy(() -> read(SafetensorsBytes.of("{\"" + name + "\":1}", new byte[0])))
                .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.getMessage())
                        .contains("tensor ??[31m?xxx").hasSizeLessThan(300).doesNotContain("\n", "\u001b", "\u202e"));
    }

    @Test
    void refusesValuesThatAreNotFinite() {
        Tensor tensor = read(SafetensorsBytes.one("a", 1, Float.NaN)).get("a");

        assertThatThrownBy(tensor::floats).isInstanceOf(ModelException.class)
                .hasMessageContaining("tensor a has NaN at element 1");
    }
}
