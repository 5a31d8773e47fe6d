package dev.semblance.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchReaderTest {

    private static final float[] RAMP = {0, 1, 2, 3, 4, 5};
    private static final float[] RAMP_FROM_10 = {10, 11, 12, 13, 14, 15};

    private static SortedMap<String, Tensor> read(byte[] file) {
        return TorchReader.read("pytorch_model.bin", MemorySegment.ofArray(file).asReadOnly());
    }

    private static SortedMap<String, Tensor> fixture(String name) {
        return read(TinyFolder.bytes("torch/" + name));
    }

    /** A file whose only storage, "0", has the six floats of the ramp. */
    private static SortedMap<String, Tensor> pickled(PickleBytes pickle) {
        return read(TorchZip.of(pickle.bytes(), Map.of("0", SafetensorsBytes.floats(RAMP))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol2.bin", "protocol3.bin", "protocol4.bin", "protocol5.bin", "legacy.bin"})
    void readsEveryProtocol(String file) {
        SortedMap<String, Tensor> tensors = fixture(file);

        assertThat(tensors.keySet()).containsExactly("a", "b");
        assertThat(tensors.get("a").shape()).containsExactly(2, 3);
        assertThat(tensors.get("a").floats()).containsExactly(RAMP);
        assertThat(tensors.get("b").floats()).containsExactly(RAMP_FROM_10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.bin", "types_legacy.bin"})
    void readsEveryType(String file) {
        Map<String, ElementType> types = new LinkedHashMap<>(Map.of("float64", ElementType.F64, "float32",
                ElementType.F32, "float16", ElementType.F16, "int64", ElementType.I64, "int32", ElementType.I32,
                "int16", ElementType.I16, "int8", ElementType.I8, "uint8", ElementType.U8));
        SortedMap<String, Tensor> tensors = fixture(file);

        types.forEach((name, type) -> {
            assertThat(tensors.get(name).type()).isEqualTo(type);
            if (type.isFloat()) {
                assertThat(tensors.get(name).floats()).as(name).containsExactly(0, 1, 2, 100);
            } else {
                assertThatThrownBy(tensors.get(name)::floats).isInstanceOf(ModelException.class)
                        .hasMessageContaining("tensor " + name + " has elements of the type " + type);
            }
        });
        assertThat(tensors.get("bool").type()).isEqualTo(ElementType.BOOL);
        assertThat(tensors.get("bfloat16").type()).isEqualTo(ElementType.BF16);
        assertThat(tensors.get("bfloat16").floats()).containsExactly(0, 1, -2.5f, 100);
        assertThat(tensors).hasSize(types.size() + 2);
    }

    @Test
    void findsTheTensorsOfACheckpoint() {
        assertThat(fixture("nested.bin").keySet()).containsExactly("a");
        assertThat(fixture("nested.bin").get("a").floats()).containsExactly(RAMP);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    command.bin          | names the code posix.system; a model file needs no code
                    eval.bin             | a model file needs no code
                    ambiguous.bin        | holds tensors in several places, at 'state_dict' and 'model'; save model.state_dict() alone
                    tuple_of_tensors.bin | holds no dict of tensors but a Tuple
                    outside.bin          | outside its storage: offset 1, shape [2, 3], strides [3, 1] in 6 elements
                    negative.bin         | negative size or stride
                    big_endian.bin       | big-endian machine
                    """)
    void refuses(String file, String why) {
        assertThatThrownBy(() -> fixture(file)).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("pytorch_model.bin: ").hasMessageContaining(why);
    }

    /** Python 2 wrote byte strings, and an ordered dict as a list of pairs. */
    @Test
    void readsPicklesOfPython2() {
        SortedMap<String, Tensor> tensors = pickled(new PickleBytes().protocol(2).global("collections", "OrderedDict")
                .op("](](").python2Text("weight").tensor(0, new int[]{3}, new int[]{2}).op("ee").op(0x85).op("R")
                .op("."));

        assertThat(tensors.keySet()).containsExactly("weight");
        assertThat(tensors.get("weight").floats()).containsExactly(0, 2, 4);
    }

    @Test
    void readsViewsOfAllKinds() {
        SortedMap<String, Tensor> tensors = pickled(new PickleBytes().protocol(2).op("}(")
                .text("transposed").tensor(0, new int[]{3, 2}, new int[]{1, 3})
                .text("last column").tensor(2, new int[]{2, 1}, new int[]{3, 99})
                .text("scalar").tensor(5, new int[0], new int[0])
                .text("cube").tensor(0, new int[]{1, 2, 2}, new int[]{6, 3, 2})
                .text("none").tensor(6, new int[]{0, 3}, new int[]{3, 1})
                .op("u."));

        assertThat(tensors.get("transposed").floats()).containsExactly(0, 3, 1, 4, 2, 5);
        assertThat(tensors.get("last column").floats()).containsExactly(2, 5);
        assertThat(tensors.get("scalar").floats()).containsExactly(5);
        assertThat(tensors.get("cube").floats()).containsExactly(0, 2, 3, 5);
        assertThat(tensors.get("none").floats()).isEmpty();
    }

    /** Strides of zero would let a file of some bytes fill the memory. */
    @Test
    void refusesViewsLargerThanTheirStorage() {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op("}(").text("a")
                .tensor(0, new int[]{60_000, 30_000}, new int[]{0, 0}).op("u.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("shape [60000, 30000]")
                .hasMessageContaining("for 6 elements");
    }

    @Test
    void refusesStridesThatOverflow() {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op("}(").text("a").op("c")
                .raw("torch._utils\n_rebuild_tensor_v2\n").op("(").storage("FloatStorage", "0", 6).integer(0)
                .sizes(3).op("(").raw(new byte[]{(byte) 0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x70}).op("t").op(0x89).op("N")
                .op("tRu.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("outside its storage");
    }

    @Test
    void refusesAContainerThatHoldsItselfWithoutFailing() {
        assertThatThrownBy(
                () -> pickled(new PickleBytes().protocol(2).op("]").raw(new byte[]{'q', 0, 'h', 0}).op("a.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("no dict of tensors but a Sequence");
        assertThatThrownBy(() -> pickled(
                new PickleBytes().protocol(2).op("}").raw(new byte[]{'q', 0, 'h', 0}).op("Ns.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("key that is neither text nor number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", ")", "]", "}"})
    void refusesPicklesWithoutBound(String op) {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op(op.repeat(1_000_000)).op(".")))
                .isInstanceOf(ModelException.class).hasMessageContaining("deeper than 200000 values");
    }

    /** One list of pairs, copied again and again, would fill the memory. */
    @Test
    void refusesOrderedDictsWithoutBound() {
        PickleBytes pickle = new PickleBytes().protocol(2).op("](").op("X").raw(new byte[]{1, 0, 0, 0, 'a'})
                .op("N").op(0x86).raw(new byte[]{'q', 1});
        for (int i = 0; i < 999; i++) {
            pickle.raw(new byte[]{'h', 1});
        }
        pickle.op("e").op(0x85).raw(new byte[]{'q', 2});
        for (int i = 0; i < 300; i++) {
            pickle.op("]").global("collections", "OrderedDict").raw(new byte[]{'h', 2}).op("R").op("a");
        }
        assertThatThrownBy(() -> pickled(pickle.op("."))).isInstanceOf(ModelException.class)
                .hasMessageContaining("ordered dicts of more than 200000 items");
    }

    /** Texts of one hash: in a hash map, 65,536 of them take minutes. */
    @Test
    @Timeout(60)
    void keysOfOneHashAreNoSlowerThanOthers() {
        PickleBytes pickle = new PickleBytes().protocol(2).op("}(");
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            pickle.text(key.toString()).op("N");
        }
        assertThatThrownBy(() -> pickled(pickle.op("u."))).isInstanceOf(ModelException.class)
                .hasMessageContaining("no tensors");
    }

    @Test
    void refusesPicklesOfTooManyOperations() {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op("]").op("Na".repeat(500_000)).op(".")))
                .isInstanceOf(ModelException.class).hasMessageContaining("more than 1000000 operations");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            i   | pickle operation 0x69
            o   | pickle operation 0x6f
            2   | pickle operation 0x32
            .   | takes more values than there are
            t   | ends what it never began
            (.  | takes more values than there are
            NN. | leaves values over
            Ns  | takes more values than there are
            NNNs| sets items of what is no dict
            NNa | appends to what is no list
            }(Nu| key that has no value
            NNR | calls what is no name
            NQ  | names a storage in a way
            N}b | sets items of what is no dict
            }Nb | something that is no dict
            """)
    void refusesOtherOperations(String ops, String why) {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op(ops))).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("pytorch_model.bin: data.pkl: ").hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 255})
    void refusesOtherProtocols(int protocol) {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(protocol).op("}.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("protocol " + protocol + ", but 2 to 5");
    }

    @ParameterizedTest
    @CsvSource({"torch._utils,_rebuild_tensor", "torch._utils,_rebuild_tensor_v2.x", "builtins,eval", "os,system",
            "torch,FloatTensor", "torch.nn.modules.linear,Linear", "__torch__,Model", "torch,load"})
    void refusesOtherNames(String module, String name) {
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(4).global(module, name)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("names the code " + module + "." + name + "; a model file needs no code");
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(4).text(module).text(name).op(0x93)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("names the code " + module + "." + name + "; a model file needs no code");
    }

    @Test
    void refusesStoragesThatDoNotFit() {
        PickleBytes pickle = new PickleBytes().protocol(2).op("}(").text("a")
                .tensor(0, new int[]{2}, new int[]{1}).op("u.");
        assertThat(pickled(pickle).get("a").floats()).containsExactly(0, 1);

        assertThatThrownBy(() -> read(TorchZip.of(pickle.bytes(), Map.of("0", new byte[20]))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("storage 0 of 20 bytes for 6 elements of F32");
        assertThatThrownBy(() -> read(TorchZip.of(pickle.bytes(), Map.of("1", new byte[24]))))
                .isInstanceOf(ModelException.class).hasMessageContaining("has no entry archive/data/0");
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).op("(").storage("FloatStorage", "0", 6)
                .storage("HalfStorage", "0", 6).op("t.")))
                .isInstanceOf(ModelException.class).hasMessageContaining("describes the storage 0 in two ways");
        assertThatThrownBy(() -> pickled(new PickleBytes().protocol(2).storage("FloatStorage", "../0", 6)))
                .isInstanceOf(ModelException.class).hasMessageContaining("names a storage in a way");
    }

    @Test
    void readsTheDirectoryOfLargeArchives() {
        byte[] pickle = new PickleBytes().protocol(2).op("}(").text("a").tensor(0, new int[]{6}, new int[]{1}).op("u.")
                .bytes();
        byte[] file = TorchZip.wide(pickle, Map.of("0", SafetensorsBytes.floats(RAMP)));
        assertThat(read(file).get("a").floats()).containsExactly(RAMP);

        for (int length = 1; length < file.length; length++) {
            byte[] start = java.util.Arrays.copyOf(file, length);
            assertThatThrownBy(() -> read(start)).as("%d bytes", length).isInstanceOf(ModelException.class);
        }
    }

    @Test
    void refusesCompressedEntries() {
        byte[] pickle = new PickleBytes().protocol(2).op("}(").text("a").tensor(0, new int[]{2}, new int[]{1}).op("u.")
                .bytes();

        assertThatThrownBy(() -> read(TorchZip.deflated(pickle, Map.of("0", new byte[24]))))
                .isInstanceOf(ModelException.class).hasMessageContaining("compressed or encrypted entry");
    }

    @Test
    void refusesWhatIsNoTorchFile() {
        assertThatThrownBy(() -> read("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("begins neither as a zip file nor as a pickle");
        assertThatThrownBy(() -> read(new PickleBytes().protocol(2).op("}.").bytes()))
                .isInstanceOf(ModelException.class).hasMessageContaining("a pickle, but not one of torch.save");
        assertThatThrownBy(() -> read(TorchZip.named("other.txt", new byte[3]))).isInstanceOf(ModelException.class)
                .hasMessageContaining("has 0 entries data.pkl, not one");
    }
}
