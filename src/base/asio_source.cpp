// The one translation unit that compiles Asio's own functions (BOOST_ASIO_SEPARATE_COMPILATION). Asio's TLS
// streams are not among them: the server drives OpenSSL itself (crypto/tls_context.h), the client is libcurl.
#include <boost/asio/impl/src.hpp>
