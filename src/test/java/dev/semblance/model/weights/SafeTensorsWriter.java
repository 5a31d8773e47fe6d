package dev.semblance.model.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;

/** Writes weights as fp32 safetensors. */
// https://huggingface.co/docs/safetensors: length of the header, the header as JSON, the tensors.
public final class SafeTensorsWriter {

    private SafeTensorsWriter() {}

    public static void write(Weights weights, Path file) throws IOException {
        StringJoiner header = new StringJoiner(",", "{", "}");
        long at = 0;
        for (String name : weights.names()) {
            int[] shape = weights.tensor(name).shape();
            long end = at + Arrays.stream(shape).asLongStream().reduce(Float.BYTES, (a, b) -> a * b);
            header.add("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(name,
                    Arrays.toString(shape), at, end));
            at = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] length = new byte[Long.BYTES];
            ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
            out.write(length);
            out.write(json);
            for (String name : weights.names()) {
                float[] values = weights.tensor(name).floats();
                byte[] bytes = new byte[values.length * Float.BYTES];
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
                out.write(bytes);
            }
        }
    }
}
