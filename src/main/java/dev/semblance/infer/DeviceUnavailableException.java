package dev.semblance.infer;

/** The device, its driver or its libraries cannot be used, whatever the graph. The message says what to do. */
public final class DeviceUnavailableException extends EngineStartException {

    public DeviceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
