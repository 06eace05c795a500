// How fast small messages are taken: kafka_bench BROKER [MESSAGES [BYTES]]. Prints messages/s and what of a core it
// took.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "client/kafka_admin.h"
#include "client/kafka_consumer.h"
#include "client/kafka_producer.h"

namespace {

using namespace custos::client;
using Clock = std::chrono::steady_clock;

constexpr const char* kTopic = "custos-bench";

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Lap {
  Clock::time_point start = Clock::now();
  double cpu = cpu_seconds();

  void print(const char* what, int count) const {
    const double wall = std::chrono::duration<double>(Clock::now() - start).count();
    const double used = cpu_seconds() - cpu;
    std::printf("%s: %d messages, %.0f/s, %.2f of a core, %.0f/s on a whole core\n", what, count, count / wall,
                used / wall, count / used);
  }
};

int fail(const custos::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

int consume(KafkaConsumer& consumer, int count) {
  const KafkaPosition begin{{kTopic, 0}, 0};
  if (const auto assigned = consumer.read_from({&begin, 1}); !assigned.ok()) return fail(assigned.error());
  int taken = 0;
  size_t bytes = 0;
  const Lap lap;
  while (taken < count) {
    const auto event = consumer.poll(std::chrono::milliseconds(100), 1000);
    if (!event.ok()) return fail(event.error());
    for (const KafkaMessage& each : event->messages) {
      if (each.kind() != KafkaMessage::Kind::kMessage) continue;
      bytes += each.value()->size();
      ++taken;
    }
  }
  lap.print("consume", taken);
  return bytes == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  KafkaOptions connection;
  connection.brokers = argv[1];
  const int count = argc > 2 ? std::atoi(argv[2]) : 500'000;
  const std::string value(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 200, 'x');
  if (const auto made = ensure_topic(connection, {kTopic, 1, 1}); !made.ok()) return fail(made.error());
  auto producer = KafkaProducer::open(connection, {});
  if (!producer.ok()) return fail(producer.error());
  {
    const Lap lap;
    for (int i = 0; i < count; ++i) {
      const std::string key = std::to_string(i);
      if (const auto sent = (*producer)->send(kTopic, {key, value, {}}); !sent.ok()) return fail(sent.error());
    }
    if (const auto done = (*producer)->flush(std::chrono::seconds(60)); !done.ok()) return fail(done.error());
    lap.print("produce", count);
  }
  int result = 1;
  {
    const auto consumer = KafkaConsumer::open(connection, {});
    result = consumer.ok() ? consume(**consumer, count) : fail(consumer.error());
  }
  static_cast<void>(delete_topic(connection, kTopic));
  return result;
}
