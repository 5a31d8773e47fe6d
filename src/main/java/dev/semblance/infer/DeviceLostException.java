package dev.semblance.infer;

/** The device has failed for good; nothing more will come from this engine. The process should stop and be restarted. */
public final class DeviceLostException extends RuntimeException {

    public DeviceLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
