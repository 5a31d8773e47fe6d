package dev.semblance.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CallTraceTest {

    private static final String UNIX = "11 connect(5, {sa_family=AF_UNIX, sun_path=\"/var/run/nscd/socket\"}, 110) = -1";
    private static final String LOCAL = "11 connect(9, {sa_family=AF_INET6, sin6_port=htons(9092), sin6_flowinfo=htonl(0),"
            + " inet_pton(AF_INET6, \"::ffff:127.0.0.1\", &sin6_addr), sin6_scope_id=0}, 28) = -1 EINPROGRESS";
    private static final String LOCAL_4 = "12 bind(9, {sa_family=AF_INET, sin_port=htons(0), "
            + "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0";
    private static final String AWAY = "12 sendto(7, \"x\", 1, 0, {sa_family=AF_INET, sin_port=htons(53), "
            + "sin_addr=inet_addr(\"198.51.100.1\")}, 16) = 1";
    private static final String AWAY_6 = "12 connect(7, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo="
            + "htonl(0), inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), sin6_scope_id=0}, 28) = 0";
    private static final String EVERYONE = "12 bind(9, {sa_family=AF_INET, sin_port=htons(8077), "
            + "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = 0";

    @Test
    void loopbackAndOtherFamiliesAreAtHome() {
        assertThat(CallTrace.away(List.of(UNIX, LOCAL, LOCAL_4, "13 sendmsg(4, {msg_name=NULL}) = 3"))).isEmpty();
        assertThat(CallTrace.internet(List.of(UNIX, LOCAL, LOCAL_4))).containsExactly(LOCAL, LOCAL_4);
    }

    @Test
    void everyOtherAddressIsFound() {
        assertThat(CallTrace.away(List.of(LOCAL, AWAY, AWAY_6, EVERYONE))).containsExactly(AWAY, AWAY_6, EVERYONE);
    }

    @Test
    void anAddressThatCannotBeReadIsFound() {
        String call = "12 connect(7, {sa_family=AF_INET, sa_data=\"...\"}, 16) = 0";
        assertThat(CallTrace.away(List.of(call))).containsExactly(call);
    }
}
