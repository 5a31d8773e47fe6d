package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import dev.semblance.model.weights.PickleValue.Bool;
import dev.semblance.model.weights.PickleValue.Dict;
import dev.semblance.model.weights.PickleValue.Int;
import dev.semblance.model.weights.PickleValue.Sequence;
import dev.semblance.model.weights.PickleValue.Text;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * What torch.save writes: since torch 1.6 a zip file with a pickle and an entry per storage; before it, pickles and then
 * the storages one after another. Format after {@code torch/serialization.py}.
 */
final class TorchReader {

    private static final int ZIP = 'P' | 'K' << 8 | 3 << 16 | 4 << 24;
    private static final int PICKLE = 0x80;
    private static final long MAX_PICKLE_BYTES = 16 << 20;
    private static final String DATA = "data.pkl";
    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_PROTOCOL = 1001;

    private TorchReader() {}

    /** @param source named in errors */
    static SortedMap<String, Tensor> read(String source, MemorySegment file) {
        if (file.byteSize() >= 4 && file.get(Elements.INT, 0) == ZIP) {
            return zip(source, file);
        }
        if (file.byteSize() > 0 && (file.get(Elements.BYTE, 0) & 0xff) == PICKLE) {
            return legacy(source, file);
        }
        throw new TorchObjects(source).fault("begins neither as a zip file nor as a pickle");
    }

    private static SortedMap<String, Tensor> zip(String source, MemorySegment file) {
        TorchObjects objects = new TorchObjects(source);
        ZipDirectory zip = ZipDirectory.read(source, file);
        String folder = folder(objects, zip);
        String order = folder + "byteorder";
        if (zip.names().contains(order)) {
            requireLittle(objects,
                    new String(zip.bytes(order).toArray(Elements.BYTE), StandardCharsets.US_ASCII).equals("little"));
        }
        MemorySegment pickle = zip.bytes(folder + DATA);
        requirePickleSize(objects, pickle.byteSize());
        Cursor in = new Cursor(source + ": " + DATA, pickle, 0);
        PickleValue root = new Unpickler(in, objects).load();
        if (in.remaining() != 0) {
            throw in.fault("goes on after its pickle");
        }
        for (Storage storage : objects.storages().values()) {
            MemorySegment bytes = zip.bytes(folder + "data/" + storage.key());
            if (bytes.byteSize() != storage.sizeBytes()) {
                throw objects.fault("has a storage " + storage.key() + " of " + bytes.byteSize() + " bytes for "
                        + storage.elements() + " elements of " + storage.type());
            }
            storage.place(bytes);
        }
        return StateDict.tensors(objects, root);
    }

    /** The one folder in the archive, whose name is the author's. With its slash. */
    private static String folder(TorchObjects objects, ZipDirectory zip) {
        List<String> pickles = zip.names().stream().filter(n -> n.endsWith("/" + DATA)).toList();
        if (pickles.size() != 1) {
            throw objects.fault("has " + pickles.size() + " entries " + DATA + ", not one");
        }
        String folder = pickles.getFirst().substring(0, pickles.getFirst().length() - DATA.length());
        if (zip.names().contains(folder + "constants.pkl")) {
            throw new ModelException(objects.source()
                    + ": is a TorchScript program, not a file of tensors; take pytorch_model.bin or model.safetensors");
        }
        return folder;
    }

    private static SortedMap<String, Tensor> legacy(String source, MemorySegment file) {
        TorchObjects objects = new TorchObjects(source);
        Cursor in = new Cursor(source, file.asSlice(0, Math.min(file.byteSize(), MAX_PICKLE_BYTES)), 0);
        if (!(new Unpickler(in, objects).load() instanceof PickleValue.Big(BigInteger magic))
                || !magic.equals(LEGACY_MAGIC)) {
            throw objects.fault("is a pickle, but not one of torch.save");
        }
        if (!(new Unpickler(in, objects).load() instanceof Int(long version)) || version != LEGACY_PROTOCOL) {
            throw objects.fault("has an unknown version of torch.save's old format");
        }
        PickleValue system = new Unpickler(in, objects).load();
        requireLittle(objects, system instanceof Dict d
                && d.items.get(new Text("little_endian")) instanceof Bool(boolean little) && little);
        PickleValue root = new Unpickler(in, objects).load();
        PickleValue keys = new Unpickler(in, objects).load();
        legacyStorages(objects, new Cursor(source, file, in.at()), keys);
        return StateDict.tensors(objects, root);
    }

    private static void legacyStorages(TorchObjects objects, Cursor in, PickleValue keys) {
        Set<String> missing = new HashSet<>(objects.storages().keySet());
        if (!(keys instanceof Sequence list)) {
            throw objects.fault("has no list of its storages");
        }
        for (PickleValue item : list.items) {
            if (!(item instanceof Text(String key)) || !missing.remove(key)) {
                throw objects.fault("lists a storage twice, or one that no tensor has");
            }
            Storage storage = objects.storages().get(key);
            long elements = in.i64();
            if (elements != storage.elements()) {
                throw objects.fault("has a storage " + key + " of " + elements + " elements, but its tensors want "
                        + storage.elements());
            }
            storage.place(in.slice(storage.sizeBytes()));
        }
        if (!missing.isEmpty() || in.remaining() != 0) {
            throw objects.fault("lacks " + missing.size() + " storages and has " + in.remaining()
                    + " bytes after the last");
        }
    }

    private static void requireLittle(TorchObjects objects, boolean little) {
        if (!little) {
            throw new ModelException(objects.source()
                    + ": was written by a big-endian machine, or does not say; take model.safetensors instead");
        }
    }

    private static void requirePickleSize(TorchObjects objects, long size) {
        if (size > MAX_PICKLE_BYTES) {
            throw objects.fault("has a pickle of " + size + " bytes, more than the " + MAX_PICKLE_BYTES
                    + " it may have");
        }
    }
}
