package gongbei.bench.peer;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Statuses in Redis: under a subject's 16 bytes, eight of colour, result, sample time and doses. By
 * Lettuce's one shared connection, which pipelines what threads ask at the same time; that is what
 * its makers advise, and quicker here than a pool.
 */
@Component
class Statuses implements DisposableBean {
  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> connection;

  Statuses(@Value("${spring.data.redis.port}") int port) {
    client = RedisClient.create(RedisURI.create("127.0.0.1", port));
    connection = client.connect(ByteArrayCodec.INSTANCE);
  }

  /** The holder's status, or null where there is none. */
  byte[] get(byte[] subject) {
    return connection.sync().get(subject);
  }

  @Override
  public void destroy() {
    connection.close();
    client.shutdown();
  }
}
