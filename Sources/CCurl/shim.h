// curl_easy_setopt, curl_easy_getinfo, curl_multi_setopt and curl_share_setopt are variadic and cannot be called from
// Swift. One wrapper for each kind of argument, so that the compiler checks what libcurl cannot.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode ccurl_set_long(CURL *_Nonnull handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_off(CURL *_Nonnull handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_string(CURL *_Nonnull handle, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *_Nonnull handle, CURLoption option, void *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *_Nonnull handle, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the bytes, so they need not outlive the call.
static inline CURLcode ccurl_set_blob(CURL *_Nonnull handle, CURLoption option, const void *_Nonnull bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

typedef size_t (*ccurl_data_function)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

static inline CURLcode ccurl_set_data_function(CURL *_Nonnull handle, CURLoption option,
                                               ccurl_data_function _Nonnull function) {
    return curl_easy_setopt(handle, option, function);
}

typedef int (*ccurl_prereq_function)(void *_Nullable context, char *_Nullable peer_ip, char *_Nullable local_ip,
                                     int peer_port, int local_port);

static inline CURLcode ccurl_set_prereq_function(CURL *_Nonnull handle, ccurl_prereq_function _Nonnull function) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}

typedef int (*ccurl_sockopt_function)(void *_Nullable context, curl_socket_t socket, curlsocktype purpose);

static inline CURLcode ccurl_set_sockopt_function(CURL *_Nonnull handle, ccurl_sockopt_function _Nonnull function) {
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, function);
}

typedef int (*ccurl_close_function)(void *_Nullable context, curl_socket_t socket);

static inline CURLcode ccurl_set_close_function(CURL *_Nonnull handle, ccurl_close_function _Nonnull function) {
    return curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, function);
}

static inline CURLcode ccurl_get_long(CURL *_Nonnull handle, CURLINFO info, long *_Nonnull value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_get_certificates(CURL *_Nonnull handle,
                                              struct curl_certinfo *_Nullable *_Nonnull value) {
    return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// A share that holds a set of connections of its own and nothing else.
static inline CURLSHcode ccurl_share_connections(CURLSH *_Nonnull share) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

// The result lies in a union, which Swift would read without a check of the kind of message.
static inline CURLcode ccurl_message_result(const CURLMsg *_Nonnull message) {
    return message->msg == CURLMSG_DONE ? message->data.result : CURLE_OK;
}

#endif
