package gongbei.bench.peer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * A health-code verifier as it is usually built: Spring MVC on Tomcat, Jackson for JSON and CBOR,
 * Bouncy Castle for signatures, Redis by Lettuce for statuses.
 */
@SpringBootApplication
public class PeerApplication {
  /** Starts it; {@code --server.port}, {@code --spring.data.redis.port} and {@code --trust}. */
  public static void main(String[] arguments) {
    SpringApplication.run(PeerApplication.class, arguments);
  }
}
