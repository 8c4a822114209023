using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Workspace.Storage.PostgresMigrations
{
    /// <inheritdoc />
    public partial class ShadowPercentile : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<decimal>(
                name: "ShadowPercentile",
                table: "EndpointVersions",
                type: "numeric",
                nullable: false,
                defaultValue: 0m);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ShadowPercentile",
                table: "EndpointVersions");
        }
    }
}
