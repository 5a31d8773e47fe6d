package dev.semblance.infer;

import dev.semblance.batch.MicroBatch;

/**
 * A model on one device: the contract between the engine and whatever computes. Thread: safe, but each {@link Lane}
 * belongs to one thread.
 */
public interface Backend extends AutoCloseable {

    /** Name of the device for people and meters, such as {@code cpu} or {@code cuda:0}. */
    String device();

    /** Length of a vector. */
    int dimension();

    /** A way into the device with scratch memory of its own: one for each thread that runs batches. */
    Lane newLane();

    /** After all lanes are closed. */
    @Override
    void close();

    /** Thread: one owner. Several lanes may run at once. */
    interface Lane extends AutoCloseable {

        /**
         * Runs one batch. A text's vector is the same bytes whatever the other rows are, unless the model's manifest
         * says otherwise.
         *
         * @return [rows × dimension], row-major, unit L2 norm if the model is normalised, all finite; the array is
         *         reused, valid until the next run, and may be longer than the batch needs
         */
        float[] run(MicroBatch<?> batch) throws Failure;

        @Override
        void close();
    }

    /** What can go wrong in a run. Anything else thrown is a bug. */
    abstract sealed class Failure extends Exception {

        Failure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** At least one text of this batch cannot be run; without it the others can. */
    final class Poison extends Failure {

        public Poison(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** May pass by itself, such as too little memory on the device. */
    final class Transient extends Failure {

        public Transient(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The device is gone for this process. */
    final class DeviceLost extends Failure {

        public DeviceLost(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The program is wrong: the engine stops as if the device were lost. */
    final class Bug extends Failure {

        public Bug(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
