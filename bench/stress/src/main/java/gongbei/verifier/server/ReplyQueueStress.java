package gongbei.verifier.server;

import gongbei.verifier.scan.Scan;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Workers push answers on a reply queue, two at a time and against the event loop's drain. The
 * event loop keeps its tasks for the test to run, so an answer that no drain was scheduled for
 * stays undelivered. Two actors each, so that two processors are enough to run the tests.
 */
public final class ReplyQueueStress {
  private static final int PLACES = 4;

  /** One for each place, by its index. The workers only read them. */
  private static final Scan[] SCANS =
      IntStream.range(0, PLACES)
          .mapToObj(place -> new Scan().connectionId(place))
          .toArray(Scan[]::new);

  private ReplyQueueStress() {}

  /** Two workers push two answers each: each is delivered once, in its worker's order. */
  @JCStressTest
  @Outcome(
      id = {"1234", "1324", "1342", "3124", "3142", "3412"},
      expect = Expect.ACCEPTABLE,
      desc = "Each answer once, each worker's in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Lost, delivered twice, unseen (0) or out of order.")
  @State
  public static class TwoWorkers {
    private final Replies replies = new Replies();

    /** Pushes a batch of two answers. */
    @Actor
    public void first() {
      replies.onVerdict(SCANS[0]);
      replies.onVerdict(SCANS[1]);
      replies.onBatchEnd();
    }

    /** Pushes another batch of two answers. */
    @Actor
    public void second() {
      replies.onVerdict(SCANS[2]);
      replies.onVerdict(SCANS[3]);
      replies.onBatchEnd();
    }

    /** Runs the drains that the workers have scheduled. */
    @Arbiter
    public void drain(L_Result result) {
      replies.runTasks();
      result.r1 = replies.delivered();
    }
  }

  /** A drain that an earlier batch has scheduled runs while a worker pushes the next batch. */
  @JCStressTest
  @Outcome(id = "123, 1", expect = Expect.ACCEPTABLE, desc = "The drain took the next batch too.")
  @Outcome(id = "123, 2", expect = Expect.ACCEPTABLE, desc = "The next batch scheduled a drain.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Lost, delivered twice, unseen (0) or out of order.")
  @State
  public static class WorkerAndDrain {
    private final Replies replies = new Replies();

    /** Pushes the earlier batch. */
    public WorkerAndDrain() {
      replies.onVerdict(SCANS[0]);
      replies.onBatchEnd();
    }

    /** Pushes the next batch. */
    @Actor
    public void push() {
      replies.onVerdict(SCANS[1]);
      replies.onVerdict(SCANS[2]);
      replies.onBatchEnd();
    }

    /** Runs the drain of the earlier batch. */
    @Actor
    public void drain() {
      replies.runTask();
    }

    /** Runs the drain of the next batch, where it has scheduled one. */
    @Arbiter
    public void drainRest(LI_Result result) {
      replies.runTasks();
      result.r1 = replies.delivered();
      result.r2 = replies.tasksRun();
    }
  }

  /** A place whose answer is a plain field, as real answers are. */
  private static final class Reply extends ReplyQueue.Place {
    private int answer;

    Reply(int id) {
      super(id);
    }

    @Override
    protected void clear() {
      answer = 0;
    }
  }

  /** A queue that records what it delivers and keeps the event loop's tasks. */
  private static final class Replies extends ReplyQueue<Reply> {
    private final Queue<Runnable> tasks;
    private final StringBuilder delivered = new StringBuilder(PLACES);
    private int tasksRun;

    Replies() {
      this(new ConcurrentLinkedQueue<>());
    }

    private Replies(Queue<Runnable> tasks) {
      super(eventLoop(tasks), new Reply[0], PLACES);
      this.tasks = tasks;
      for (int i = 0; i < PLACES; i++) {
        takePlace();
      }
    }

    /** An event loop that executes nothing: it adds each task to a queue. */
    private static EventLoop eventLoop(Queue<Runnable> tasks) {
      return (EventLoop)
          Proxy.newProxyInstance(
              EventLoop.class.getClassLoader(),
              new Class<?>[] {EventLoop.class},
              (proxy, method, arguments) -> {
                tasks.add((Runnable) arguments[0]);
                return null;
              });
    }

    @Override
    protected Reply make(int id) {
      return new Reply(id);
    }

    @Override
    protected void encode(Scan scan, Reply place) {
      place.answer = place.id() + 1;
    }

    @Override
    protected Flushable deliver(Reply place) {
      delivered.append(place.answer);
      giveBack(place);
      return NOTHING;
    }

    void runTask() {
      tasks.remove().run();
      tasksRun++;
    }

    void runTasks() {
      while (!tasks.isEmpty()) {
        runTask();
      }
    }

    String delivered() {
      return delivered.toString();
    }

    int tasksRun() {
      return tasksRun;
    }
  }
}
