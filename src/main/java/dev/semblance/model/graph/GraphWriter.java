package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a model as an ONNX graph: opset 17, and ONNX Runtime's own operators where they are faster. The same model and
 * {@link GraphSpec} give the same bytes. Weights are read and written one at a time, so that a model needs a heap of a
 * few times its largest tensor.
 *
 * <p>
 * Thread: stateless.
 */
public final class GraphWriter {

    /** Ends of names of files that hold weights apart from their graph. */
    public static final String EXTERNAL_SUFFIX = ".data";

    /** Protobuf ends at 2 GiB; a larger graph keeps its weights in a file beside it. */
    private static final long LARGEST_FILE_BYTES = 1_900_000_000L;

    private GraphWriter() {}

    /**
     * Writes the graph over whatever is at that path, and beside it, if it is larger than protobuf allows, the weights in
     * a file named as it is with {@value #EXTERNAL_SUFFIX} at the end. What was begun is deleted on failure.
     *
     * @throws ModelException if a tensor is missing, has another shape, or does not fit the precision
     */
    public static void write(Architecture architecture, Weights weights, GraphSpec spec, Path file) {
        write(graph(architecture, weights, spec), file, LARGEST_FILE_BYTES);
    }

    /**
     * The graph in memory.
     *
     * @throws ModelException as {@link #write}, or if the model is too large for one array
     */
    public static byte[] bytes(Architecture architecture, Weights weights, GraphSpec spec) {
        return bytes(graph(architecture, weights, spec), weights.source());
    }

    private static byte[] bytes(OnnxGraph graph, String source) {
        OnnxEncoder encoder = new OnnxEncoder(graph, null);
        if (encoder.sizeBytes() > LARGEST_FILE_BYTES) {
            throw new ModelException(source + ": the graph has " + encoder.sizeBytes() + " bytes; at most "
                    + LARGEST_FILE_BYTES + " can be held in memory, so write it to a file");
        }
        ByteBuffer all = ByteBuffer.allocate((int) encoder.sizeBytes());
        try {
            encoder.write(new MemoryChannel(all), null);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail to be written", e);
        }
        return all.array();
    }

    /**
     * As {@link #write(Architecture, Weights, GraphSpec, Path)}, in int8.
     *
     * @param calibration of this very model
     * @throws ModelException also if the calibration is of another model
     */
    public static void write(Architecture architecture, Weights weights, GraphSpec spec, Calibration calibration,
            Path file) {
        write(graph(architecture, weights, spec, calibration), file, LARGEST_FILE_BYTES);
    }

    /** As {@link #bytes(Architecture, Weights, GraphSpec)}, in int8. */
    public static byte[] bytes(Architecture architecture, Weights weights, GraphSpec spec, Calibration calibration) {
        return bytes(graph(architecture, weights, spec, calibration), weights.source());
    }

    /**
     * Writes the fused fp32 graph with further outputs, from which {@link Calibration#of} is made. It is for rows without
     * padding, since padding would count.
     */
    public static void writeRanges(Architecture architecture, Weights weights, Pooling pooling, Path file) {
        OnnxGraph graph = new OnnxGraph(OnnxType.FLOAT);
        EncoderWeights parts = new EncoderWeights(architecture, weights);
        fused(graph, architecture, parts, new RangeOps()).emit(pooling);
        write(graph, file, LARGEST_FILE_BYTES);
    }

    private static FusedEncoder fused(OnnxGraph graph, Architecture architecture, EncoderWeights weights,
            LinearOps linear) {
        FusedLayers parts = new FusedLayers(graph, architecture, weights, linear);
        return new FusedEncoder(graph, architecture, weights, parts, new FloatLayers(graph, parts));
    }

    /** @throws ModelException if style, precision and pooling do not go together */
    static OnnxGraph graph(Architecture architecture, Weights weights, GraphSpec spec, Calibration calibration) {
        if (spec.precision() != Precision.INT8 || spec.style() != GraphStyle.FUSED || spec.pooling() == Pooling.NONE) {
            throw new ModelException(
                    weights.source() + ": a calibration is for a graph of style fused in int8 with mean "
                            + "or cls pooling; asked for are " + spec);
        }
        OnnxGraph graph = new OnnxGraph(OnnxType.FLOAT);
        EncoderWeights parts = new EncoderWeights(architecture, weights);
        FusedLayers shared = new FusedLayers(graph, architecture, parts, LinearOps.floating());
        new FusedEncoder(graph, architecture, parts, shared,
                new Int8Layers(graph, architecture, parts, shared, calibration)).emit(spec.pooling());
        return graph;
    }

    /** @throws ModelException if style, precision and pooling do not go together */
    static OnnxGraph graph(Architecture architecture, Weights weights, GraphSpec spec) {
        if (spec.pooling() == Pooling.NONE) {
            throw new ModelException(weights.source() + ": pooling is none; a graph is written with mean or cls");
        }
        boolean half = spec.precision() == Precision.FP16;
        if (spec.precision() == Precision.INT8 || (half && spec.style() == GraphStyle.PLAIN)) {
            throw new ModelException(weights.source() + ": no graph of style " + spec.style() + " is written in "
                    + spec.precision().id() + "; plain takes fp32, fused and packed fp32 or fp16");
        }
        OnnxGraph graph = new OnnxGraph(half ? OnnxType.FLOAT16 : OnnxType.FLOAT);
        EncoderWeights parts = new EncoderWeights(architecture, weights);
        switch (spec.style()) {
            case PLAIN -> new PlainEncoder(graph, architecture, parts).emit(spec.pooling());
            case FUSED -> fused(graph, architecture, parts, half ? LinearOps.floating() : LinearOps.gemmBeforeGelu())
                    .emit(spec.pooling());
            case PACKED -> new PackedEncoder(graph, architecture, parts, LinearOps.floating()).emit(spec.pooling());
        }
        return graph;
    }

    static void write(OnnxGraph graph, Path file, long largestFileBytes) {
        Path data = file.resolveSibling(file.getFileName() + EXTERNAL_SUFFIX);
        OnnxEncoder encoder = new OnnxEncoder(graph, null);
        boolean external = encoder.sizeBytes() > largestFileBytes;
        if (external) {
            encoder = new OnnxEncoder(graph, data.getFileName().toString());
        }
        try {
            Files.deleteIfExists(data);
            try (FileChannel out = open(file); FileChannel apart = external ? open(data) : null) {
                encoder.write(out, apart);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                Files.deleteIfExists(data);
                throw e;
            }
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be written: " + e + "; check permissions and free space", e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Fills a buffer that is large enough. */
    private record MemoryChannel(ByteBuffer buffer) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer source) {
            int count = source.remaining();
            buffer.put(source);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Memory needs no closing.
        }
    }
}
