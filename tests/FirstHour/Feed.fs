/// A local folder with the packages as `build.fsx pack` makes them, and with those that they need, so that no network is asked.
module Adjoint.FirstHourTests.Feed

open System
open System.IO
open System.Text.RegularExpressions
open System.Xml.Linq
open Expecto

type Feed =
    {
        /// Where the packages lie.
        Packages: string
        /// The version of ours.
        Version: string
        /// A cache of its own: what an earlier build left in the user's is not looked at.
        Cache: string
        /// A configuration that names the folder alone.
        Configuration: string
    }

    /// The environment of a program that restores from here.
    member this.Variables = [ "NUGET_PACKAGES", this.Cache; "RestoreConfigFile", this.Configuration ]

let private userCache () =
    match Environment.GetEnvironmentVariable "NUGET_PACKAGES" with
    | null
    | "" -> Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")
    | folder -> folder

/// Packages that ours need, which building the tests has fetched already.
let private needed = [ "FSharp.Core"; "System.Numerics.Tensors" ]

/// The version of a package in paket.lock.
let private locked (name: string) =
    let text = File.ReadAllText(Path.Combine(Repository.root.Value, "paket.lock"))
    Regex.Match(text, $@"(?m)^    {Regex.Escape name} \(([\d.]+)\)").Groups[1].Value

let private version () =
    (XDocument.Load(Path.Combine(Repository.root.Value, "Directory.Build.props"))).Descendants "Version"
    |> Seq.exactlyOne
    |> _.Value

let private make () =
    let folder = Repository.temporaryFolder ()
    let packages = Directory.CreateDirectory(Path.Combine(folder, "feed")).FullName

    let packed =
        Repository.dotnet Repository.root.Value [] [ "fsi"; "build.fsx"; "pack"; "--no-build"; packages ]

    Expect.equal packed.Code 0 packed.Text

    for name in needed do
        let lower, version = name.ToLowerInvariant(), locked name
        let file = $"{lower}.{version}.nupkg"
        File.Copy(Path.Combine(userCache (), lower, version, file), Path.Combine(packages, file))

    let configuration = Path.Combine(folder, "nuget.config")

    File.WriteAllText(
        configuration,
        $"""<configuration><packageSources><clear /><add key="local" value="{packages}" /></packageSources></configuration>"""
    )

    {
        Packages = packages
        Version = version ()
        Cache = Path.Combine(folder, "cache")
        Configuration = configuration
    }

/// The folder, made when it is first asked for.
let local = lazy (make ())
