package dev.semblance.model.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles, valid or not, for tests. */
final class PickleBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    PickleBytes protocol(int version) {
        return op(0x80).op(version);
    }

    /** Operations of one character each. */
    PickleBytes op(String codes) {
        return raw(codes);
    }

    PickleBytes op(int code) {
        out.write(code);
        return this;
    }

    PickleBytes raw(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    PickleBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    PickleBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return op("X").raw(little(utf8.length)).raw(utf8);
    }

    PickleBytes python2Text(String text) {
        return op("U").op(text.length()).raw(text);
    }

    PickleBytes integer(int value) {
        return op("J").raw(little(value));
    }

    PickleBytes global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    PickleBytes sizes(int... sizes) {
        op("(");
        for (int size : sizes) {
            integer(size);
        }
        return op("t");
    }

    PickleBytes storage(String type, String key, int elements) {
        return op("(").text("storage").global("torch", type).text(key).text("cpu").integer(elements).op("tQ");
    }

    /** A view of the storage "0" of six floats. */
    PickleBytes tensor(int offset, int[] shape, int[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2").op("(").storage("FloatStorage", "0", 6).integer(offset)
                .sizes(shape).sizes(strides).op(0x89).global("collections", "OrderedDict").op(")RtR");
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }
}
