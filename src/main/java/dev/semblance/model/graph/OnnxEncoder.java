package dev.semblance.model.graph;

import dev.semblance.model.graph.OnnxGraph.Initialiser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph → the bytes of an ONNX file, front to back with one weight in memory at a time; the same graph gives the same
 * bytes. All sizes are known beforehand, since protobuf puts lengths first.
 *
 * <p>
 * Thread: one owner.
 */
// ModelProto, GraphProto and TensorProto of onnx/onnx.proto; onnx/docs/ExternalData.md.
final class OnnxEncoder {

    /** IR version 8 goes with opset 17. */
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int MICROSOFT_OPSET = 1;
    private static final String PRODUCER = "semblance";

    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPSET = 8;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int TENSOR_DATA_LOCATION = 14;
    private static final int LOCATION_EXTERNAL = 1;

    /** ONNX Runtime maps external weights, so they begin at pages. */
    private static final long PAGE_BYTES = 4096;

    /** Smaller ones stay in the file: shapes must be readable without the weights. */
    private static final long SMALLEST_EXTERNAL_BYTES = 1024;

    private final OnnxGraph graph;
    private final String externalName;
    private final ProtobufWriter head = new ProtobufWriter();
    private final ProtobufWriter nodes = new ProtobufWriter();
    private final ProtobufWriter ends = new ProtobufWriter();
    private final ProtobufWriter tail = new ProtobufWriter();

    /** In the order of the initialisers. */
    private final List<Placed> placed = new ArrayList<>();

    /**
     * @param front    all of the initialiser's message up to its data
     * @param offset   in the external file, or −1 where the data follows the front
     */
    @SuppressWarnings("ArrayRecordComponent") // Private, and never compared.
    private record Placed(Initialiser initialiser, byte[] front, long offset) {}

    /** @param externalName file name of the weights where they are kept apart, or null for one file */
    OnnxEncoder(OnnxGraph graph, String externalName) {
        this.graph = graph;
        this.externalName = externalName;
        graph.nodes().forEach(n -> nodes.message(GRAPH_NODE, n));
        nodes.text(GRAPH_NAME, "encoder");
        graph.inputs().forEach(i -> ends.message(GRAPH_INPUT, i));
        graph.outputs().forEach(o -> ends.message(GRAPH_OUTPUT, o));
        long graphBytes = nodes.sizeBytes() + ends.sizeBytes() + place();
        head.integer(MODEL_IR_VERSION, IR_VERSION).text(MODEL_PRODUCER, PRODUCER).spanHeader(MODEL_GRAPH, graphBytes);
        tail.message(MODEL_OPSET, new ProtobufWriter().text(1, "").integer(2, OPSET));
        tail.message(MODEL_OPSET, new ProtobufWriter().text(1, "com.microsoft").integer(2, MICROSOFT_OPSET));
    }

    /** Bytes of all initialisers within the graph. */
    private long place() {
        long total = 0;
        long externalEnd = 0;
        for (Initialiser initialiser : graph.initialisers()) {
            boolean external = externalName != null && initialiser.sizeBytes() >= SMALLEST_EXTERNAL_BYTES;
            ProtobufWriter tensor = new ProtobufWriter();
            initialiser.dims().forEach(d -> tensor.integer(TENSOR_DIMS, d));
            tensor.integer(TENSOR_DATA_TYPE, initialiser.type().code()).text(TENSOR_NAME, initialiser.name());
            long offset = -1;
            if (external) {
                offset = Math.ceilDiv(externalEnd, PAGE_BYTES) * PAGE_BYTES;
                externalEnd = offset + initialiser.sizeBytes();
                tensor.message(TENSOR_EXTERNAL_DATA, entry("location", externalName))
                        .message(TENSOR_EXTERNAL_DATA, entry("offset", Long.toString(offset)))
                        .message(TENSOR_EXTERNAL_DATA, entry("length", Long.toString(initialiser.sizeBytes())))
                        .integer(TENSOR_DATA_LOCATION, LOCATION_EXTERNAL);
            } else {
                tensor.spanHeader(TENSOR_RAW_DATA, initialiser.sizeBytes());
            }
            long inside = tensor.sizeBytes() + (external ? 0 : initialiser.sizeBytes());
            byte[] header = new ProtobufWriter().spanHeader(GRAPH_INITIALIZER, inside).bytes();
            byte[] front = ByteBuffer.allocate(header.length + tensor.sizeBytes()).put(header).put(tensor.bytes())
                    .array();
            placed.add(new Placed(initialiser, front, offset));
            total += header.length + inside;
        }
        return total;
    }

    private static ProtobufWriter entry(String key, String value) {
        return new ProtobufWriter().text(1, key).text(2, value);
    }

    /** Of the ONNX file, external weights not counted. */
    long sizeBytes() {
        long initialisers = placed.stream()
                .mapToLong(p -> p.front.length + (p.offset < 0 ? p.initialiser.sizeBytes() : 0)).sum();
        return head.sizeBytes() + nodes.sizeBytes() + initialisers + ends.sizeBytes() + tail.sizeBytes();
    }

    /** @param external where weights that are kept apart go, or null if this encoder has none */
    void write(WritableByteChannel out, WritableByteChannel external) throws IOException {
        ElementSink sink = new ElementSink(out);
        ElementSink apart = external == null ? null : new ElementSink(external);
        sink.bytes(head.bytes());
        sink.bytes(nodes.bytes());
        for (Placed p : placed) {
            sink.bytes(p.front);
            if (p.offset < 0) {
                write(p.initialiser, sink);
            } else {
                apart.flush();
                apart.bytes(new byte[(int) (p.offset - apart.writtenBytes())]);
                write(p.initialiser, apart);
            }
        }
        sink.bytes(ends.bytes());
        sink.bytes(tail.bytes());
        sink.flush();
    }

    private static void write(Initialiser initialiser, ElementSink sink) throws IOException {
        sink.flush();
        long before = sink.writtenBytes();
        initialiser.elements().writeTo(sink);
        sink.flush();
        long written = sink.writtenBytes() - before;
        if (written != initialiser.sizeBytes()) {
            throw new IllegalStateException("initialiser " + initialiser.name() + " wrote " + written + " bytes of "
                    + initialiser.sizeBytes());
        }
    }
}
