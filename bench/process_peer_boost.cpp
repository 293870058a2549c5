#include "process_peers.hpp"

#ifdef MITORI_BENCH_BOOST
#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>

namespace mitori::bench {

Peer boost_process() {
    return {"Boost.Process v2", [](char const* program, int starts) {
                namespace v2 = boost::process::v2;
                boost::asio::io_context context;
                for (int n = 0; n < starts; ++n)
                    v2::process(context, program, {}).wait();
            }};
}

} // namespace mitori::bench
#else
mitori::bench::Peer mitori::bench::boost_process() { return {"Boost.Process v2"}; }
#endif
