package dev.semblance.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;

/** Asks whether our broker answers at a port. Thread: one. */
final class BrokerPing implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MS = 200;
    private static final int REQUEST_TIMEOUT_MS = 2_000;

    private final BrokerFolder folder;
    private final int port;
    private Admin admin;

    BrokerPing(BrokerFolder folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Whether the broker of this folder, and not someone else's at that port, is a member of its own cluster. */
    boolean isAnswered() throws InterruptedException {
        if (admin == null) {
            // A client that finds nobody at the port would log a warning at every try; so knock first.
            if (!accepts()) {
                return false;
            }
            admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS));
        }
        try {
            DescribeClusterResult cluster = admin.describeCluster();
            return !cluster.nodes().get().isEmpty() && cluster.clusterId().get().equals(folder.clusterId());
        } catch (ExecutionException e) {
            // Not ready yet, or gone: the caller looks after the process.
            return false;
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), port),
                    CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
    }
}
