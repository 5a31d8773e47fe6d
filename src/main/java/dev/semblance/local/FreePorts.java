package dev.semblance.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Two ports of 127.0.0.1 that were free when asked. Nobody holds them meanwhile.
 *
 * @param client     for the listener that clients use
 * @param controller for the quorum of one
 */
record FreePorts(int client, int controller) {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** @param wanted the client port, or 0 for a free one */
    static FreePorts choose(int wanted) {
        try (ServerSocket client = bind(0); ServerSocket controller = bind(0)) {
            int controllerPort = controller.getLocalPort() == wanted
                    ? client.getLocalPort()
                    : controller.getLocalPort();
            return new FreePorts(wanted == 0 ? client.getLocalPort() : wanted, controllerPort);
        } catch (IOException e) {
            throw new LocalBrokerException("no free port on 127.0.0.1: " + e.getMessage(), e);
        }
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = bind(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
