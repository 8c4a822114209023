#!/usr/bin/env bash
# Adds a migration of the workspace's metadata, for SQLite and for PostgreSQL, after an entity has changed.
#   eng/add-migration.sh NAME        for example: eng/add-migration.sh ServiceOwner
set -euo pipefail
source "$(dirname "$0")/lib.sh"
name="${1:?the name of the migration is missing}"
project="$ROOT/src/Fairlead.Workspace"
command -v dotnet-ef >/dev/null || dotnet ef --version >/dev/null 2>&1 || die "dotnet-ef is needed: dotnet tool install --global dotnet-ef"
dotnet build "$project" -v quiet
dotnet ef migrations add "$name" --no-build --project "$project" --context WorkspaceDb --output-dir Storage/Migrations
dotnet ef migrations add "$name" --no-build --project "$project" --context PostgresWorkspaceDb --output-dir Storage/PostgresMigrations
