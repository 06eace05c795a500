// A server for tests that answers HTTP as a test wants it: wrong, late, cut off.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace custos::client {

// Each connection brings one request and is closed after its answer; one connection at a time, in a thread of its own.
class TestTcpServer {
 public:
  struct Received {
    std::string head;  // request line and headers
    std::string body;
    int number = 0;  // from 0
  };
  // The bytes to send back; "" closes the connection without an answer.
  using Answer = std::function<std::string(const Received&)>;

  explicit TestTcpServer(Answer answer) : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(socket_, 64) != 0) {
      std::abort();
    }
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TestTcpServer() {
    stopping_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  TestTcpServer(const TestTcpServer&) = delete;
  TestTcpServer& operator=(const TestTcpServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<Received> received() const {
    const std::scoped_lock lock(mutex_);
    return received_;
  }

  [[nodiscard]] static std::string answer(std::string_view status, std::string_view body,
                                          std::string_view headers = "") {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "Connection: close\r\n\r\n" + std::string(body);
  }

 private:
  void serve() {
    while (!stopping_) {
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      converse(connection);
      ::shutdown(connection, SHUT_RDWR);
      ::close(connection);
    }
  }

  void converse(int connection) {
    Received request;
    if (!read_request(connection, request)) return;
    {
      const std::scoped_lock lock(mutex_);
      request.number = static_cast<int>(received_.size());
      received_.push_back(request);
    }
    const std::string bytes = answer_(request);
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<size_t>(count);
    }
  }

  static bool read_request(int connection, Received& request) {
    std::string all;
    char buffer[64 << 10];
    size_t end = std::string::npos;
    while ((end = all.find("\r\n\r\n")) == std::string::npos) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      all.append(buffer, static_cast<size_t>(count));
    }
    request.head = all.substr(0, end + 2);
    request.body = all.substr(end + 4);
    const size_t length = request.head.find("Content-Length: ");
    const size_t wanted = length == std::string::npos ? 0 : std::strtoull(&request.head[length + 16], nullptr, 10);
    while (request.body.size() < wanted) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      request.body.append(buffer, static_cast<size_t>(count));
    }
    return true;
  }

  const Answer answer_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Received> received_;
  std::thread thread_;
};

}  // namespace custos::client
