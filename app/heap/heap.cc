// Settings of jemalloc, which it reads before main(): few arenas, so that memory of one thread serves another; threads
// keep blocks of up to 64 KiB; what is free goes back to the system from a thread of its own.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,tcache_max:65536,background_thread:true";
}
