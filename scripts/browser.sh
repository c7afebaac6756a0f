#!/usr/bin/env bash
# The tests drive the system's Chromium, need a Japanese font, and look where words stand in PDFs. Installs Debian's when it may, and says so when not.
set -eu
need=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || need+=(chromium)
if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=ja family)" ]; then need+=(fonts-noto-cjk fontconfig); fi
command -v pdftotext >/dev/null || need+=(poppler-utils)
[ ${#need[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${need[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
  exit 0
fi
echo "The tests need: ${need[*]}" >&2
echo "Install them first, for example: sudo apt-get install ${need[*]}" >&2
exit 1
