// Big fields are kept as one zstd frame each, which knows its own size.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace mitori::journal::detail {

class Compressor {
public:
    Compressor();
    ~Compressor();
    Compressor(Compressor const&) = delete;
    Compressor& operator=(Compressor const&) = delete;

    /// Valid until the next call; nothing where it would not be smaller.
    [[nodiscard]] std::optional<std::string_view> compress(std::string_view payload);
    /// Whether a frame holds exactly these bytes. What is no frame does not.
    [[nodiscard]] bool holds(std::string_view frame, std::string_view payload);

private:
    ZSTD_CCtx_s* packing_;
    ZSTD_DCtx_s* unpacking_;
    std::vector<char> scratch_;
};

} // namespace mitori::journal::detail
