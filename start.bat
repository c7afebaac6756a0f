@echo off
rem Sets Tenken up in .venv and starts it; the same as `make run`.
setlocal
cd /d "%~dp0"
where py >nul 2>nul && (set "PYTHON=py -3") || (set "PYTHON=python")
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" || (
  echo Tenken needs Python 3.11 or newer: https://www.python.org/downloads/
  echo Python 3.11 以上が必要です。
  pause
  exit /b 1
)
if not exist .venv\Scripts\python.exe %PYTHON% -m venv .venv || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check uv || exit /b 1
.venv\Scripts\uv pip install --quiet --python .venv\Scripts\python.exe --require-hashes -r requirements.txt || exit /b 1
.venv\Scripts\python -m tenken serve %*
if errorlevel 1 pause
