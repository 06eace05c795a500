// Puts one object: at once, or in parts that appear together.
#pragma once

#include <string>
#include <vector>

#include "client/s3.h"
#include "client/s3/service.h"

namespace custos::client {

class Upload {
 public:
  // `service` and `options` must outlive it.
  Upload(const S3Service& service, S3Location at, const S3PutOptions& options);
  // The ETag. Once for each Upload.
  [[nodiscard]] Result<std::string> run(const S3Body& body);

 private:
  struct Part {
    std::string etag;
    std::string checksum;  // base64 of its SHA-256; "" where the server did not repeat it
  };

  [[nodiscard]] Result<std::string> run_at_once(const S3Body& body);
  [[nodiscard]] Result<std::string> run_in_parts(const S3Body& body);
  [[nodiscard]] Result<std::string> begin();
  [[nodiscard]] Result<std::string> send_parts(const S3Body& body, const std::string& id);
  [[nodiscard]] Result<Part> send_part(const S3Body& body, const std::string& id, uint64_t number);
  [[nodiscard]] Result<std::string> complete(const std::string& id, const std::vector<Part>& parts);
  void abort(const std::string& id);
  // Of the object itself: its type, lock, and the mark by which it is known again.
  [[nodiscard]] std::vector<HttpHeader> object_headers() const;
  // The ETag where the object that is there is the one that this upload made: an answer that got lost.
  [[nodiscard]] Result<std::string> own_or(const HttpAnswer& answer) const;

  const S3Service& service_;
  const S3Location at_;
  const S3PutOptions& options_;
  const std::string mark_;
};

}  // namespace custos::client
