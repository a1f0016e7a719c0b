package gongbei.bench.capacity;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Nodes and those who ask them, event by event. Scans arrive at random; a node evaluates up to 64
 * together, queues up to its ring buffer's places and sheds the rest; who was shed asks again. A
 * node that fails loses what it has, and its devices ask another once they have noticed. Seeded:
 * the same numbers give the same answer. For one thread.
 */
final class Simulation {
  private static final double NANOS = 1e9;
  private static final int MAX_BATCH = 64;
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final double RETRY_NANOS = 5e6;
  private static final int MAX_TRIES = 5;

  private final Setting setting;
  private final SplittableRandom random;
  private final Node[] nodes;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
  private final Histogram afterFailure = new Histogram(LONGEST_NANOS, 3);
  private long serial;
  private long asked;
  private long shed;
  private long givenUp;
  private int deepest;

  /**
   * What is simulated.
   *
   * @param nodes how many there are
   * @param times their service times
   * @param places scans that a node queues
   * @param rate scans a second, of all
   * @param seconds how long
   * @param failSecond when the first node fails, or a negative number
   * @param noticeSeconds how long its devices ask it in vain, at most
   * @param networkMicros a question's way and its answer's way back, together
   */
  record Setting(
      int nodes,
      ServiceTimes times,
      int places,
      double rate,
      double seconds,
      double failSecond,
      double noticeSeconds,
      double networkMicros) {}

  /**
   * What came of it.
   *
   * @param latencies from when a scan was first asked to its verdict, in nanoseconds
   * @param afterFailure of those, the ones asked in the second after the failure
   * @param shed answers that there was no room
   * @param givenUp scans that got no verdict after five tries
   * @param busiest the share of its time that the busiest node worked
   * @param deepest the most scans that waited at one node
   */
  record Outcome(
      Histogram latencies,
      Histogram afterFailure,
      long asked,
      long shed,
      long givenUp,
      double busiest,
      int deepest) {}

  private enum What {
    ARRIVAL,
    ASK,
    DONE,
    FAIL
  }

  private record Event(double nanos, long order, What what, int node, Question question)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      final int byTime = Double.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private record Question(double firstNanos, int tries) {}

  private static final class Node {
    private final Question[] queue;
    private final Question[] batch = new Question[MAX_BATCH];
    private int first;
    private int waiting;
    private int working;
    private boolean isFailed;
    private double workedNanos;

    Node(int places) {
      queue = new Question[places];
    }
  }

  Simulation(Setting setting, long seed) {
    this.setting = setting;
    random = new SplittableRandom(seed);
    nodes = new Node[setting.nodes()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node(setting.places());
    }
  }

  Outcome run() {
    at(0, What.ARRIVAL, 0, null);
    if (setting.failSecond() >= 0) {
      at(setting.failSecond() * NANOS, What.FAIL, 0, null);
    }
    while (!events.isEmpty()) {
      final Event event = events.poll();
      switch (event.what) {
        case ARRIVAL -> onArrival(event.nanos);
        case ASK -> onAsk(event.nanos, event.node, event.question);
        case DONE -> onDone(event.nanos, event.node);
        case FAIL -> onFail(event.nanos, event.node);
      }
    }
    double busiest = 0;
    for (final Node node : nodes) {
      busiest = Math.max(busiest, node.workedNanos / (setting.seconds() * NANOS));
    }
    return new Outcome(latencies, afterFailure, asked, shed, givenUp, busiest, deepest);
  }

  private void at(double nanos, What what, int node, Question question) {
    events.add(new Event(nanos, serial++, what, node, question));
  }

  private void onArrival(double now) {
    asked++;
    onAsk(now, random.nextInt(nodes.length), new Question(now, 0));
    final double next = now - Math.log(1 - random.nextDouble()) / setting.rate() * NANOS;
    if (next < setting.seconds() * NANOS) {
      at(next, What.ARRIVAL, 0, null);
    }
  }

  private void onAsk(double now, int to, Question question) {
    final Node node = nodes[to];
    if (node.isFailed) {
      // Its devices have noticed, or will before the time is over; then they ask another.
      final double noticed =
          setting.failSecond() * NANOS + random.nextDouble() * setting.noticeSeconds() * NANOS;
      at(Math.max(now, noticed), What.ASK, another(to), question);
    } else if (node.waiting == node.queue.length) {
      shed++;
      if (question.tries + 1 >= MAX_TRIES) {
        givenUp++;
      } else {
        final double wait = RETRY_NANOS * (1 << question.tries) * (0.5 + random.nextDouble());
        at(now + wait, What.ASK, to, new Question(question.firstNanos, question.tries + 1));
      }
    } else {
      node.queue[(node.first + node.waiting++) % node.queue.length] = question;
      deepest = Math.max(deepest, node.waiting);
      if (node.working == 0) {
        work(now, to);
      }
    }
  }

  private int another(int node) {
    return nodes.length == 1 ? 0 : (node + 1 + random.nextInt(nodes.length - 1)) % nodes.length;
  }

  private void work(double now, int number) {
    final Node node = nodes[number];
    node.working = Math.min(MAX_BATCH, node.waiting);
    for (int i = 0; i < node.working; i++) {
      node.batch[i] = node.queue[node.first];
      node.first = (node.first + 1) % node.queue.length;
    }
    node.waiting -= node.working;
    final double nanos = setting.times().nanos(node.working);
    node.workedNanos += nanos;
    at(now + nanos, What.DONE, number, null);
  }

  private void onDone(double now, int number) {
    final Node node = nodes[number];
    if (node.isFailed) {
      return;
    }
    for (int i = 0; i < node.working; i++) {
      final double first = node.batch[i].firstNanos;
      final long latency = (long) (now - first + setting.networkMicros() * 1e3);
      latencies.recordValue(Math.min(LONGEST_NANOS, latency));
      final double since = first - setting.failSecond() * NANOS;
      if (setting.failSecond() >= 0 && since >= 0 && since < NANOS) {
        afterFailure.recordValue(Math.min(LONGEST_NANOS, latency));
      }
    }
    node.working = 0;
    if (node.waiting > 0) {
      work(now, number);
    }
  }

  private void onFail(double now, int number) {
    final Node node = nodes[number];
    node.isFailed = true;
    for (int i = 0; i < node.working; i++) {
      onAsk(now, number, node.batch[i]);
    }
    while (node.waiting > 0) {
      onAsk(now, number, node.queue[node.first]);
      node.first = (node.first + 1) % node.queue.length;
      node.waiting--;
    }
  }
}
