package gongbei.verifier.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.server.Drain;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DeviceRepliesTest {
  private static final int PLACES = 100;

  @Test
  void aLoopThatHangsHoldsNoWorkerUpAndTakesNoMoreThanItHasPlacesFor() throws Exception {
    final EventLoop loop = new DefaultEventLoop();
    final CountDownLatch hang = new CountDownLatch(1);
    try (TestNode node = new TestNode()) {
      loop.execute(
          () -> {
            try {
              hang.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      final Drain drain = new Drain();
      final DeviceReplies replies = new DeviceReplies(loop, drain, PLACES);
      final DeviceConnection nobody =
          new DeviceConnection(
              new TcpServer.Context().pipeline(node.node.pipeline()), null, replies, 1);
      // Its device has gone meanwhile: what comes for it is dropped, and its places are free.
      nobody.channelInactive(null);
      final ScanPipeline pipeline = node.node.pipeline();
      final String code = node.code(TestNode.GREEN);
      for (int i = 0; i < PLACES; i++) {
        final PendingReply reply = replies.take(nobody);
        assertNotNull(reply, "place " + i);
        assertEquals(i, reply.id());
        publish(pipeline, code, replies, reply.id());
      }
      assertNull(replies.take(nobody), "there is no place for another: its scan is shed");
      final CountDownLatch others = new CountDownLatch(1);
      publish(
          pipeline,
          code,
          new ScanListener() {
            @Override
            public void onVerdict(Scan scan) {
              others.countDown();
            }

            @Override
            public void onBatchEnd() {
              // Nothing is to be flushed.
            }
          },
          0);
      assertTrue(
          others.await(Patience.SECONDS, TimeUnit.SECONDS),
          "the workers answer while the loop hangs");
      Patience.await("the ring is empty", () -> pipeline.remaining() == pipeline.capacity());
      hang.countDown();
      final boolean hasPlace =
          loop.submit(
                  () -> {
                    final PendingReply reply = replies.take(nobody);
                    if (reply != null) {
                      replies.giveBack(reply);
                    }
                    drain.begin();
                    return reply != null && replies.take(nobody) == null;
                  })
              .get(Patience.SECONDS, TimeUnit.SECONDS);
      assertTrue(hasPlace, "places come back with their answers, and none is given at a stop");
    } finally {
      hang.countDown();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void publish(
      ScanPipeline pipeline, String code, ScanListener listener, int replyId) throws Exception {
    final AtomicLong claimed = new AtomicLong();
    Patience.await(
        "a place is free",
        () -> {
          claimed.set(pipeline.claim());
          return claimed.get() != ScanPipeline.BUSY;
        });
    final long place = claimed.get();
    pipeline
        .scan(place)
        .text(code)
        .ruleset(RulesetStore.shipped().current().find("metro"))
        .place("metro")
        .atEpochSeconds(Scan.NOW)
        .connectionId(replyId)
        .correlationId(replyId)
        .acceptedNanos(System.nanoTime())
        .listener(listener);
    pipeline.publish(place);
  }
}
