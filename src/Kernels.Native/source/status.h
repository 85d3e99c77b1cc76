// How a failure inside becomes a status and a message outside.

#ifndef ADJOINT_STATUS_H
#define ADJOINT_STATUS_H

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "adjoint_kernels.h"

namespace adj {

// What went wrong, with the status that the caller gets. Never leaves this library.
class Failure : public std::exception {
 public:
  Failure(adj_status status, std::string message) : status_(status), message_(std::move(message)) {}

  adj_status status() const noexcept { return status_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  adj_status status_;
  std::string message_;
};

// Keeps a message for this thread's adj_message, cut to its place.
void Remember(const char* message) noexcept;

// Copies a text as adj_message does.
size_t CopyText(const char* from, char* text, size_t size) noexcept;

// Runs the body of an export.
template <class Body>
adj_status Guard(Body body) noexcept {
  try {
    body();
    return ADJ_OK;
  } catch (const Failure& failure) {
    Remember(failure.what());
    return failure.status();
  } catch (const std::bad_alloc&) {
    Remember("out of memory");
    return ADJ_OUT_OF_MEMORY;
  } catch (const std::exception& failure) {
    Remember(failure.what());
    return ADJ_INTERNAL;
  } catch (...) {
    Remember("an unknown failure");
    return ADJ_INTERNAL;
  }
}

}  // namespace adj

#endif  // ADJOINT_STATUS_H
