// AMX: products of bf16 in tiles of 16 by 16 sums; everything beside the products is AVX-512's.
//
// Intel 64 and IA-32 Architectures Optimization Reference Manual, chapter 20.
#if !defined(__clang__)  // GCC 12 warns of its own headers (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "model/encoder/kernel.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16")
#endif

#include "model/encoder/kernel_template.h"
#include "model/encoder/vector_avx512_bf16.h"

namespace custos::model {
namespace {

constexpr uint32_t kTileRows = 16, kTileWords = 16, kTileBytes = 64;

// What the processor is told of its tiles: palette 1 with eight of 16 rows of 64 bytes. In a product, tiles 0 to 3 are
// sums, 4 and 5 rows of the left side, 6 and 7 the halves of a panel.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr TileConfiguration kConfiguration;

// GCC 12 does not know that the instructions of tiles read and write memory.
void order_memory() { std::atomic_signal_fence(std::memory_order_seq_cst); }

struct Amx : VectorAvx512Bf16 {
  static constexpr InstructionSet kInstructions = InstructionSet::kAmx;
  static constexpr uint32_t kRows = 2 * kTileRows;
};
constexpr uint32_t kPanelColumns = KernelsOf<Amx>::kPanelColumns;
constexpr size_t kPanelBytes = kPanelColumns * sizeof(uint32_t);

// A step of a product, where rows or words end within a tile: copies that are filled up with zeros.
struct Rest {
  void fill(const char* from_rows, size_t row_bytes, uint32_t count, const uint32_t* from_panel, uint32_t words) {
    std::memset(rows, 0, sizeof rows);
    std::memset(panel, 0, sizeof panel);
    for (uint32_t r = 0; r < count; ++r) {
      std::memcpy(rows + r * kTileBytes, from_rows + r * row_bytes, words * sizeof(uint32_t));
    }
    std::memcpy(panel, from_panel, words * kPanelBytes);
    order_memory();
  }
  alignas(64) char rows[Amx::kRows * kTileBytes];
  alignas(64) uint32_t panel[kTileWords * kPanelColumns];
};

// While the tiles of a block are multiplied, the vector units finish the block before it.
template <Activation kActivation>
class TileProduct {
 public:
  explicit TileProduct(const Product& product)
      : product_(product),
        steps_((product.words + kTileWords - 1) / kTileWords),
        rows_a_step_((Amx::kRows + steps_ - 1) / steps_) {}

  void run() {
    _tile_loadconfig(&kConfiguration);
    const uint32_t* panel = product_.panels;
    for (uint32_t column = 0; column < product_.columns; column += kPanelColumns) {
      for (uint32_t row = 0; row < product_.row_count; row += Amx::kRows) multiply_block(row, column, panel);
      panel += static_cast<size_t>(product_.words) * kPanelColumns;
    }
    finish_rows(Amx::kRows);
    _tile_release();
  }

 private:
  void multiply_block(uint32_t row, uint32_t column, const uint32_t* panel) {
    const uint32_t count = std::min(Amx::kRows, product_.row_count - row);
    start(product_.bias != nullptr ? product_.bias + column : kZeros);
    const char* const rows = static_cast<const char*>(product_.rows) + row * product_.row_bytes;
    if (count == Amx::kRows && product_.words % kTileWords == 0) {
      multiply_whole(rows, panel);
    } else if (count > kTileRows) {
      multiply_rest<2>(rows, count, panel);
    } else {
      multiply_rest<1>(rows, count, panel);
    }
    finish_rows(Amx::kRows);
    turn_ ^= 1;
    sums_ = blocks_[turn_];
    store(sums_);
    row_ = row;
    column_ = column;
    waiting_ = count;
  }

  static void start(const float* bias) {
    _tile_loadd(0, bias, 0);
    _tile_loadd(1, bias + kTileRows, 0);
    _tile_loadd(2, bias, 0);
    _tile_loadd(3, bias + kTileRows, 0);
  }

  template <int kTiles>
  static void step(const char* rows, size_t row_bytes, const uint32_t* panel) {
    _tile_loadd(4, rows, row_bytes);
    _tile_loadd(6, panel, kPanelBytes);
    _tile_loadd(7, panel + kTileRows, kPanelBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if constexpr (kTiles == 2) {
      _tile_loadd(5, rows + kTileRows * row_bytes, row_bytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }

  void multiply_whole(const char* rows, const uint32_t* panel) {
    for (uint32_t i = 0; i < steps_; ++i) {
      step<2>(rows + i * kTileBytes, product_.row_bytes, panel + i * kTileWords * kPanelColumns);
      finish_rows(rows_a_step_);
    }
  }

  template <int kTiles>
  void multiply_rest(const char* rows, uint32_t count, const uint32_t* panel) {
    for (uint32_t i = 0; i < steps_; ++i) {
      rest_.fill(rows + i * kTileBytes, product_.row_bytes, count, panel + i * kTileWords * kPanelColumns,
                 std::min(kTileWords, product_.words - i * kTileWords));
      step<kTiles>(rest_.rows, kTileBytes, rest_.panel);
      finish_rows(rows_a_step_);
    }
  }

  static void store(float* sums) {
    _tile_stored(0, sums, kPanelBytes);
    _tile_stored(1, sums + kTileRows, kPanelBytes);
    _tile_stored(2, sums + kTileRows * kPanelColumns, kPanelBytes);
    _tile_stored(3, sums + kTileRows * kPanelColumns + kTileRows, kPanelBytes);
    order_memory();
  }

  // Some rows of the block that waits.
  void finish_rows(uint32_t most) {
    const uint32_t count = std::min(most, waiting_);
    KernelsOf<Amx>::finish_tile<kActivation>(product_, sums_, row_, count, column_);
    sums_ += count * kPanelColumns;
    row_ += count;
    waiting_ -= count;
  }

  alignas(64) static constexpr float kZeros[kPanelColumns] = {};

  const Product& product_;
  const uint32_t steps_, rows_a_step_;
  alignas(64) float blocks_[2][Amx::kRows * kPanelColumns];
  Rest rest_;
  float* sums_ = blocks_[0];
  uint32_t turn_ = 0, row_ = 0, column_ = 0, waiting_ = 0;
};

void multiply(const Product& product) {
  switch (product.activation) {
    case Activation::kNone:
      return TileProduct<Activation::kNone>(product).run();
    case Activation::kGelu:
      return TileProduct<Activation::kGelu>(product).run();
    case Activation::kGeluTanh:
      return TileProduct<Activation::kGeluTanh>(product).run();
    case Activation::kRelu:
      return TileProduct<Activation::kRelu>(product).run();
  }
}

constexpr Kernels kKernels = KernelsOf<Amx>::table(multiply);

}  // namespace

const Kernels& amx_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
