package dev.semblance.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class SocketWatchTest {

    private static final String HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
            + "   uid  timeout inode\n";

    @Test
    void tellsLoopbackFromElsewhere() {
        // The tables are in the order of the machine that wrote them.
        assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        String four = HEADING + line("0100007F:2384", "00000000:0000", 101)
                + line("0100007F:A1B2", "0100007F:2384", 102)
                + line("00000000:1F8D", "00000000:0000", 103) + line("020200C0:D431", "016433C6:0009", 104);
        assertThat(SocketWatch.parse("tcp", four)).extracting(SocketWatch.Socket::inode, SocketWatch.Socket::text,
                SocketWatch.Socket::away).containsExactly(
                        tuple("101", "tcp 127.0.0.1:9092 to 0.0.0.0:0", false),
                        tuple("102", "tcp 127.0.0.1:41394 to 127.0.0.1:9092", false),
                        tuple("103", "tcp 0.0.0.0:8077 to 0.0.0.0:0", true),
                        tuple("104", "tcp 192.0.2.2:54321 to 198.51.100.1:9", true));
    }

    @Test
    void readsIPv6AndIPv4WithinIt() {
        assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        String mapped = "0000000000000000FFFF00000100007F:2384";
        String six = HEADING + line(mapped, mapped, 1) + line("00000000000000000000000001000000:0001", mapped, 2)
                + line("00000000000000000000000000000000:0050", "00000000000000000000000000000000:0000", 3)
                + line("B80D0120000000000000000001000000:D431", "B80D0120000000000000000002000000:01BB", 4);
        assertThat(SocketWatch.parse("tcp6", six)).extracting(SocketWatch.Socket::away).containsExactly(false, false,
                true, true);
        assertThat(SocketWatch.parse("tcp6", six).getLast().text())
                .isEqualTo("tcp6 2001:db8:0:0:0:0:0:1:54321 to 2001:db8:0:0:0:0:0:2:443");
    }

    private static String line(String own, String peer, int inode) {
        return "   0: " + own + " " + peer + " 01 00000000:00000000 00:00000000 00000000     0        0 " + inode
                + " 1 0000000000000000 100 0 0 10 0\n";
    }
}
