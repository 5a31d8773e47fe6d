package dev.semblance.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import dev.semblance.vector.VectorKernels;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the embed stage guarantees of watch vectors, held once more for those that others write. Thread: immutable.
 *
 * @param maxTextBytes longest text in UTF-8 bytes
 */
record WatchLimits(int maxTextBytes) {

    private static final int MAX_ID_BYTES = 1_024;
    private static final int MAX_DIMENSION = 16_384;

    /** The reason why a record cannot be used, if there is one. */
    Optional<Rejection> check(byte[] key, WatchVector watchVector) {
        Watch watch = watchVector.watch();
        byte[] id = watch.id().getBytes(UTF_8);
        if (!Arrays.equals(key, id)) {
            return refused(Reason.INVALID_ID, "field id is '" + watch.id() + "', but the record's key is '"
                    + new String(key, UTF_8) + "': they have to be equal");
        }
        if (id.length > MAX_ID_BYTES) {
            return refused(Reason.INVALID_ID, "field id has " + id.length + " bytes, more than the " + MAX_ID_BYTES
                    + " allowed");
        }
        if (watch.threshold() != null
                && !(watch.threshold() >= Watch.MIN_THRESHOLD && watch.threshold() <= Watch.MAX_THRESHOLD)) {
            return refused(Reason.INVALID_WATCH, "field threshold is " + watch.threshold() + ", expected from "
                    + Watch.MIN_THRESHOLD + " to " + Watch.MAX_THRESHOLD);
        }
        return strings(watch).or(() -> vector(watchVector));
    }

    private Optional<Rejection> strings(Watch watch) {
        if (watch.text().getBytes(UTF_8).length > maxTextBytes) {
            return refused(Reason.TOO_LARGE, "field text has more than the " + maxTextBytes
                    + " bytes of text.max.bytes");
        }
        if (watch.labels().size() > Watch.MAX_LABELS) {
            return refused(Reason.INVALID_WATCH, "field labels has " + watch.labels().size() + " entries, more than "
                    + Watch.MAX_LABELS);
        }
        for (String label : watch.labels()) {
            int bytes = label.getBytes(UTF_8).length;
            if (bytes > Watch.MAX_LABEL_BYTES) {
                return refused(Reason.INVALID_WATCH, "field labels holds a label of " + bytes
                        + " bytes of UTF-8, more than " + Watch.MAX_LABEL_BYTES);
            }
        }
        return Optional.empty();
    }

    private static Optional<Rejection> vector(WatchVector watchVector) {
        int dimension = watchVector.model().dimension();
        if (dimension > MAX_DIMENSION) {
            return refused(Reason.INVALID_VECTOR, "field model.dimension is " + dimension + ", more than the "
                    + MAX_DIMENSION + " that watches may have");
        }
        double norm = VectorKernels.norm(watchVector.vector());
        return norm > 0 && Double.isFinite(norm)
                ? Optional.empty()
                : refused(Reason.INVALID_VECTOR, "the vector of watch " + watchVector.watch().id() + " has the norm "
                        + norm + "; expected a finite norm above 0");
    }

    private static Optional<Rejection> refused(Reason reason, String message) {
        return Optional.of(new Rejection(reason, message));
    }
}
