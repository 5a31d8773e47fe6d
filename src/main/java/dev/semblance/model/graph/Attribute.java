package dev.semblance.model.graph;

/** A named constant of a node. Thread: one owner. */
// AttributeProto of onnx/onnx.proto.
final class Attribute {

    private static final int NAME = 1;
    private static final int FLOAT = 2;
    private static final int INT = 3;
    private static final int INTS = 8;
    private static final int TYPE = 20;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_INT = 2;
    private static final int TYPE_INTS = 7;

    private final ProtobufWriter message;

    private Attribute(ProtobufWriter message) {
        this.message = message;
    }

    static Attribute of(String name, float value) {
        return new Attribute(new ProtobufWriter().text(NAME, name).float32(FLOAT, value).integer(TYPE, TYPE_FLOAT));
    }

    static Attribute of(String name, long value) {
        return new Attribute(new ProtobufWriter().text(NAME, name).integer(INT, value).integer(TYPE, TYPE_INT));
    }

    static Attribute list(String name, long... values) {
        ProtobufWriter message = new ProtobufWriter().text(NAME, name);
        for (long value : values) {
            message.integer(INTS, value);
        }
        return new Attribute(message.integer(TYPE, TYPE_INTS));
    }

    ProtobufWriter message() {
        return message;
    }
}
