@echo off
rem Starts Vertebra on Windows; builds it when it is missing. After changes of the sources or of VERTEBRA_PROFILES: delete src\target\launcher.stamp.
setlocal enabledelayedexpansion
set "home=%~dp0"
set "target=%home%src\target"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"

if not exist "%target%\launcher.stamp" (
    where mvn >nul 2>nul || (echo vertebra: no mvn found; Maven 3.8 or newer builds Vertebra 1>&2 & exit /b 18)
    echo vertebra: building ^(the first time a few minutes; downloads about 320 MB of libraries^) ... 1>&2
    if not exist "%target%" mkdir "%target%"
    pushd "%home%"
    set "profiles="
    if defined VERTEBRA_PROFILES (
        set "profiles=-P !VERTEBRA_PROFILES!"
        echo ,!VERTEBRA_PROFILES!,| findstr /c:",cuda," >nul && echo ,!VERTEBRA_PROFILES!,| findstr /c:",cuda-11.6," >nul && (
            popd & echo vertebra: the profiles cuda and cuda-11.6 bring two versions of one library; choose one of them 1>&2 & exit /b 2)
    ) else (
        rem A card that the engine cuda serves brings its profile; VERTEBRA_PROFILES=none does without.
        set "capability="
        for /f %%v in ('nvidia-smi --query-gpu^=compute_cap --format^=csv^,noheader 2^>nul') do if not defined capability set "capability=%%v"
        for %%m in (7.5 8.0 8.6 8.7 8.9 9.0 10.0 10.3 11.0 12.0 12.1) do if "!capability!"=="%%m" set "profiles=-P cuda"
        if defined profiles echo vertebra: an NVIDIA card of capability !capability!: building with the engine cuda ^(6 MB; VERTEBRA_PROFILES=none does without^) 1>&2
    )
    call mvn -B -ntp -q !profiles! package -pl src -am -Dmaven.test.skip -Denforcer.skip -Djacoco.skip >"%target%\launcher-build.log" 2>&1
    if errorlevel 1 (popd & echo vertebra: the build failed; see %target%\launcher-build.log 1>&2 & exit /b 1)
    popd
    type nul >"%target%\launcher.stamp"
)

rem Commands that compute get all compilers and the Vector API; the others start faster with the first compiler only.
set "mode=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
for %%c in (train evaluate predict embed forward benchmark) do if "%~1"=="%%c" set "mode=--add-modules jdk.incubator.vector -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0"

if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=%NUMBER_OF_PROCESSORS%"
set "previous="
for %%a in (%*) do (
    if "!previous!"=="--threads" set "OMP_NUM_THREADS=%%~a"
    set "previous=%%~a"
)

rem ND4J's CUDA 11.6 build has code for capability 6.0 to 8.9 only, but takes any card: elsewhere it is told to prefer the processor.
if exist "%target%\lib\nd4j-cuda-*" (
    set "capability="
    for /f %%v in ('nvidia-smi --query-gpu^=compute_cap --format^=csv^,noheader 2^>nul') do if not defined capability set "capability=%%v"
    set "BACKEND_PRIORITY_CPU=200"
    for %%m in (6 7 8) do if "!capability:~0,2!"=="%%m." set "BACKEND_PRIORITY_CPU="
)

"%java%" %mode% -XX:MaxRAMPercentage=25 -XX:+ExitOnOutOfMemoryError -Dorg.bytedeco.javacpp.maxbytes=240%% -Dorg.bytedeco.javacpp.maxphysicalbytes=340%% -Djava.awt.headless=true -Dguice_custom_class_loading=CHILD --enable-native-access=ALL-UNNAMED %VERTEBRA_JAVA_OPTS% -cp "%target%\classes;%target%\lib\*" io.vertebra.app.Main %*
exit /b %errorlevel%
