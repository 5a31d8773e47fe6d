package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Between what limits the inputs of a model's dense layers lie, channel by channel, on texts of all kinds: what a graph of
 * fixed int8 scales is made from. Values are half floats, rounded outwards, so that one that was written and read is the
 * same as before.
 *
 * <p>
 * Layers are named as in the graph; query, key and value read the same, so the key stands for all three.
 *
 * <p>
 * Thread: immutable.
 */
public final class Calibration {

    private static final int MAGIC = 0x53434C31;
    private static final int INPUTS_MAX = 10_000;
    private static final int CHANNELS_MAX = 1 << 20;
    private static final String LOW = "low.";
    private static final String HIGH = "high.";

    private final SortedMap<String, Range> ranges;

    /**
     * @param low  [channels], at most 0
     * @param high [channels], at least 0
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, nor handed out of the package.
    record Range(float[] low, float[] high) {

        int channels() {
            return low.length;
        }
    }

    private Calibration(SortedMap<String, Range> ranges) {
        this.ranges = Collections.unmodifiableSortedMap(ranges);
    }

    /**
     * @param outputs of a graph that {@link GraphWriter#writeRanges} wrote: by their names, elementwise the lowest and the
     *                    highest over all texts
     * @throws ModelException if one is missing, not finite, or too large for a half float
     */
    public static Calibration of(Map<String, float[]> outputs) {
        SortedMap<String, Range> ranges = new TreeMap<>();
        outputs.forEach((name, low) -> {
            if (name.startsWith(LOW)) {
                String layer = name.substring(LOW.length());
                float[] high = outputs.get(HIGH + layer);
                if (high == null || high.length != low.length) {
                    throw new ModelException("calibration: " + name + " has no equally long " + HIGH + layer
                            + "; run the whole graph that reports ranges");
                }
                ranges.put(layer, new Range(outward(layer, low, -1), outward(layer, high, 1)));
            }
        });
        return new Calibration(ranges);
    }

    /** Half floats no nearer to 0 than the values; 0 where the value is on the other side of it. */
    private static float[] outward(String layer, float[] values, int sign) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            float size = Math.max(0, sign * values[i]);
            short half = Float.floatToFloat16(size);
            if (Float.float16ToFloat(half) < size) {
                half++;
            }
            out[i] = sign * Float.float16ToFloat(half) + 0f;
            if (!Float.isFinite(out[i])) {
                throw new ModelException("calibration: the input of " + layer + " reaches " + values[i] + " at channel "
                        + i + "; int8 is for inputs of at most 65504, so use this model as fp32");
            }
        }
        return out;
    }

    /** Whether ranges are kept under the name of this layer. */
    static boolean tells(String layer) {
        return !layer.endsWith(".query") && !layer.endsWith(".value");
    }

    /** Whether an output of a graph that reports ranges is one of lows; the others are highs. */
    public static boolean reportsLow(String output) {
        return output.startsWith(LOW);
    }

    static String lowOutput(String layer) {
        return LOW + layer;
    }

    static String highOutput(String layer) {
        return HIGH + layer;
    }

    /** @throws ModelException if there is none of that layer, or not of so many channels */
    Range range(String layer, int channels) {
        Range range = ranges.get(layer);
        if (range == null || range.channels() != channels) {
            throw new ModelException("calibration: the input of " + layer + " has " + channels + " channels, but "
                    + (range == null ? "no range is known" : range.channels() + " ranges are known")
                    + "; the calibration belongs to another model: measure this one");
        }
        return range;
    }

    /** Names of layers, and how many channels their inputs have. */
    public SortedMap<String, Integer> channels() {
        SortedMap<String, Integer> all = new TreeMap<>();
        ranges.forEach((layer, range) -> all.put(layer, range.channels()));
        return all;
    }

    /** The largest difference of a limit between the two, as a part of the layer's widest range; 1 if layers differ. */
    public double distance(Calibration other) {
        if (!channels().equals(other.channels())) {
            return 1;
        }
        double largest = 0;
        for (Map.Entry<String, Range> entry : ranges.entrySet()) {
            Range a = entry.getValue();
            Range b = other.ranges.get(entry.getKey());
            double widest = 0;
            double difference = 0;
            for (int c = 0; c < a.channels(); c++) {
                widest = Math.max(widest, a.high[c] - a.low[c]);
                difference = Math.max(difference, Math.abs(a.high[c] - b.high[c]));
                difference = Math.max(difference, Math.abs(a.low[c] - b.low[c]));
            }
            largest = Math.max(largest, widest == 0 ? difference : difference / widest);
        }
        return Math.min(1, largest);
    }

    /** The same calibration gives the same bytes. */
    public void write(OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(MAGIC);
        data.writeInt(ranges.size());
        for (Map.Entry<String, Range> entry : ranges.entrySet()) {
            data.writeUTF(entry.getKey());
            data.writeInt(entry.getValue().channels());
            for (float[] side : new float[][]{entry.getValue().low, entry.getValue().high}) {
                for (float value : side) {
                    data.writeShort(Float.floatToFloat16(value));
                }
            }
        }
        data.flush();
    }

    /**
     * What {@link #write} wrote.
     *
     * @param source named in errors
     * @throws ModelException if it is something else
     */
    public static Calibration read(InputStream in, String source) throws IOException {
        DataInputStream data = new DataInputStream(in);
        SortedMap<String, Range> ranges = new TreeMap<>();
        require(data.readInt() == MAGIC, source);
        int count = data.readInt();
        require(count >= 0 && count <= INPUTS_MAX, source);
        for (int i = 0; i < count; i++) {
            String layer = data.readUTF();
            int channels = data.readInt();
            require(channels > 0 && channels <= CHANNELS_MAX, source);
            ranges.put(layer, new Range(halves(data, channels, source), halves(data, channels, source)));
        }
        require(data.read() < 0, source);
        return new Calibration(ranges);
    }

    private static float[] halves(DataInputStream data, int count, String source) throws IOException {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Float.float16ToFloat(data.readShort());
            require(Float.isFinite(values[i]), source);
        }
        return values;
    }

    private static void require(boolean condition, String source) {
        if (!condition) {
            throw new ModelException(source + ": no calibration of this version; measure it again");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Calibration c && Arrays.equals(bytes(), c.bytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes());
    }

    private byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(out);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail to be written", e);
        }
        return out.toByteArray();
    }
}
